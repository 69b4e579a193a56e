// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <list>
#include <malloc.h>
#include <new>
#include <optional>
#include <sys/socket.h>
#include <thread>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/thread_pool.hpp>

#include "Core/Process/ResidentMemory.h"
#include "Server/Http/Connection.h"
#include "Server/Http/Insist.h"
#include "Server/Http/Parsing/PathPattern.h"
#include "Server/Http/Peer.h"

namespace tableread::engine
{
namespace
{
constexpr std::chrono::milliseconds aMoment { 100 };
constexpr std::chrono::milliseconds forLastWords { 500 };
constexpr std::chrono::milliseconds beforeTrim { 300 };
constexpr std::int64_t muchMemory = std::int64_t { 24 } << 20;
constexpr std::chrono::seconds betweenBusyTrims { 30 };

const Refusal stopping { 503, "the engine is stopping", true };

bool isOutOfResources (const SystemError& error)
{
    return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
           error == asio::error::no_memory || error.value() == ENFILE;
}

/** What ended before it was taken, or by a signal: no fault of the listening socket. On TCP the system also tells here what
    has happened to the new connection (accept(2)). */
bool isPassing (const SystemError& error)
{
    constexpr std::array passing { ECONNABORTED, EINTR,      EAGAIN,       EPERM,       EPROTO,
                                   ENOPROTOOPT,  EHOSTDOWN,  EHOSTUNREACH, ENETUNREACH, ENETDOWN,
                                   ENONET,       EOPNOTSUPP, ETIMEDOUT };
    return std::find (passing.begin(), passing.end(), error.value()) != passing.end();
}
} // namespace

/** The server itself, apart from Asio's headers. */
class HttpServer::Core : private HttpConnection::Host
{
public:
    Core (const Options& wanted, std::vector<HttpRoute> endpoints, RefusalAnswer refusing)
        : options (wanted)
        , routes (std::move (endpoints))
        , refusalAnswer (std::move (refusing))
        , idleExit (io)
        , trim (io)
        , lastWords (io)
        , connections (wanted.limits.connections)
    {}

    End serve (std::vector<HttpListener> listeners);

    void stop()
    {
        asio::post (io, [this] { end (End::Stopped); });
    }

    void retire()
    {
        asio::post (io, [this] { retireNow(); });
    }

    void moveListener (int from, int to)
    {
        asio::post (io, [this, from, to] { moveNow (from, to); });
    }

private:
    using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

    const HttpLimits& limits() const override { return options.limits; }
    const HttpRoute* find (HttpRequest& request, HttpAnswer& refusal) const override;
    HttpAnswer answerOf (const Refusal& refusal) const override { return refusalAnswer (refusal); }
    bool work (const HttpHandler& handler, const std::shared_ptr<Exchange>& exchange) override;
    bool hold (std::size_t moreBytes, Inflow::Clock::time_point since) override;
    void release (std::size_t bytes) override { *heldBytes -= bytes; }
    std::shared_ptr<void> keep (std::size_t bytes) override;
    void becameIdle (HttpConnection& connection) override;
    void becameActive (HttpConnection& connection) override { connections.becameActive (connection); }
    void becameKnown (HttpConnection& connection) override { connections.becameKnown (connection); }
    void left (HttpConnection& connection) override;
    void answered (const HttpAccess& access) override
    {
        if (options.whenAnswered)
            options.whenAnswered (access);
    }

    /** A listener at work. */
    struct Entrance
    {
        Entrance (asio::io_context& io, HttpListener wanted, int family)
            : listener (std::move (wanted))
            , fd (listener.fd)
            , newcomers (family == AF_UNIX     ? Standing::Local
                         : listener.wantsToken ? Standing::Stranger
                                               : Standing::Remote)
            , acceptor (io, asio::generic::stream_protocol (family, 0), listener.fd)
            , pause (io)
        {}

        const HttpListener listener;
        int fd; // another one than the listener's after moveListener()
        const Standing newcomers;
        Acceptor acceptor;
        asio::steady_timer pause; // until the system may have descriptors again
        bool accepting = false;
    };

    void accept (Entrance& entrance);
    void accepted (Entrance& entrance, const SystemError& error, Socket client);
    void admit (const Entrance& entrance, Socket client, std::optional<Refusal> refusal = {});
    void admitWaiting (Entrance& entrance, const std::optional<Refusal>& refusal = {});
    bool makeRoom (Inflow::Clock::time_point since) const;
    void armIdleExit();
    void idleIsOver();
    void retireNow();
    void moveNow (int from, int to);
    void worked() override;
    void giveMemoryBack (bool isIdle);
    void end (End how);
    void run();

    Options options;
    std::vector<HttpRoute> routes;
    RefusalAnswer refusalAnswer;

    asio::io_context io { 1 };
    std::list<Entrance> entrances;
    asio::steady_timer idleExit;
    asio::steady_timer trim;      // gives memory back, a moment after requests that took some
    asio::steady_timer lastWords; // limits how long answers may take after stop()
    ConnectionTable connections;
    std::shared_ptr<std::atomic<std::size_t>> heldBytes = std::make_shared<std::atomic<std::size_t>> (0);
    std::atomic<std::size_t> atWork { 0 };
    std::atomic<std::int64_t> leastResident { 0 }; // bytes, when memory was given back last
    std::atomic<std::chrono::steady_clock::time_point> lastTrim {};
    bool trimming = false, retired = false, ending = false;
    End how = End::Stopped;
    std::optional<asio::thread_pool> workers;
};

HttpServer::HttpServer (const Options& options, std::vector<HttpRoute> routes, RefusalAnswer refusalAnswer)
    : core (std::make_unique<Core> (options, std::move (routes), std::move (refusalAnswer)))
{}

HttpServer::~HttpServer() = default;

HttpServer::End HttpServer::serve (std::vector<HttpListener> listeners)
{
    return core->serve (std::move (listeners));
}

void HttpServer::stop()
{
    core->stop();
}

void HttpServer::retire()
{
    core->retire();
}

void HttpServer::moveListener (int from, int to)
{
    core->moveListener (from, to);
}

HttpServer::End HttpServer::Core::serve (std::vector<HttpListener> listeners)
{
    workers.emplace (options.workers);
    for (auto& listener : listeners)
    {
        sockaddr_storage address {};
        socklen_t size = sizeof (address);
        getsockname (listener.fd, reinterpret_cast<sockaddr*> (&address), &size);
        entrances.emplace_back (io, std::move (listener), address.ss_family);
    }
    armIdleExit();
    run();
    workers->join();
    run(); // what the workers have left
    workers.reset();
    return how;
}

/** Runs the I/O until nothing is left to do. A step that throws has lost its own connection only. */
void HttpServer::Core::run()
{
    io.restart();
    while (true)
        try
        {
            for (auto& entrance : entrances)
                accept (entrance);
            io.run();
            return;
        }
        catch (const std::exception&) // no memory; what can be answered is answered by the connection
        {
            std::this_thread::sleep_for (aMoment);
        }
}

/** Waits for the next client, unless it does already. */
void HttpServer::Core::accept (Entrance& entrance)
{
    if (ending || entrance.accepting)
        return;
    entrance.acceptor.async_accept ([this, &entrance] (SystemError error, Socket client) {
        entrance.accepting = false;
        accepted (entrance, error, std::move (client));
        accept (entrance);
    });
    entrance.accepting = true;
}

void HttpServer::Core::accepted (Entrance& entrance, const SystemError& error, Socket client)
{
    if (ending || error == asio::error::operation_aborted) // by moveNow()
        return;
    if (! error)
        return admit (entrance, std::move (client));
    if (isOutOfResources (error))
    {
        if (connections.closeIdle (entrance.newcomers))
            return;
        // The listening socket stays readable, so wait until a client leaves.
        entrance.pause.expires_after (aMoment);
        entrance.pause.async_wait ([this, &entrance] (SystemError) {
            entrance.accepting = false;
            accept (entrance);
        });
        entrance.accepting = true;
        return;
    }
    if (! isPassing (error))
        end (End::Failed);
}

/** Accepts those who have connected by now. */
void HttpServer::Core::admitWaiting (Entrance& entrance, const std::optional<Refusal>& refusal)
{
    SystemError error;
    entrance.acceptor.non_blocking (true, error);
    for (int i = 0; i < SOMAXCONN; ++i)
    {
        Socket client = entrance.acceptor.accept (error);
        if (! error)
            admit (entrance, std::move (client), refusal);
        else if (error == asio::error::try_again || ! isPassing (error))
            return;
    }
}

void HttpServer::Core::admit (const Entrance& entrance, Socket client, std::optional<Refusal> refusal)
{
    const auto& listener = entrance.listener;
    if (isTcpSocket (client.native_handle()))
        prepareTcpSocket (client.native_handle(), options.limits.write);
    if (! refusal && ! connections.makeRoomFor (entrance.newcomers))
        refusal = Refusal { 503, "too many clients are connected" };
    if (! refusal && listener.welcome)
        refusal = listener.welcome (client.native_handle());
    if (refusal && ! connections.mayTurnAway())
        return;
    client.non_blocking (true);
    const auto connection = std::make_shared<HttpConnection> (std::move (client), listener,
                                                              static_cast<HttpConnection::Host&> (*this));
    connections.add (connection, refusal ? Standing::TurnedAway : entrance.newcomers);
    idleExit.cancel();
    if (refusal)
        connection->turnAway (*refusal);
    else
        connection->start();
}

const HttpRoute* HttpServer::Core::find (HttpRequest& request, HttpAnswer& refusal) const
{
    std::string methods;
    for (const auto& route : routes)
        if (auto parameter = matchPath (route.path, request.path))
        {
            request.parameter = std::move (*parameter);
            if (route.method == request.method)
                return &route;
            methods += (methods.empty() ? "" : ", ") + route.method + (route.method == "GET" ? ", HEAD" : "");
        }
    if (methods.empty())
        refusal = refusalAnswer ({ 404, "there is nothing at " + request.path });
    else
    {
        refusal = refusalAnswer ({ 405, request.path + " answers only " + methods });
        refusal.fields.emplace_back ("Allow", methods);
    }
    return nullptr;
}

bool HttpServer::Core::work (const HttpHandler& handler, const std::shared_ptr<Exchange>& exchange)
{
    if (atWork.load() >= options.workers + options.waiting)
        return false;
    const std::shared_ptr<void> counted (nullptr, [this] (void*) { --atWork; });
    ++atWork;
    asio::post (*workers, [this, handler, exchange, counted] {
        const auto failed = [&] (Refusal why) { insist ([&] { exchange->send (refusalAnswer (why)); }); };
        try
        {
            handler (exchange);
        }
        catch (const std::bad_alloc&)
        {
            failed ({ 507, "the engine has no memory left for it" });
        }
        catch (const std::exception&)
        {
            failed ({ 500, "the engine failed on it" });
        }
    });
    return true;
}

bool HttpServer::Core::hold (std::size_t moreBytes, Inflow::Clock::time_point since)
{
    const auto most = options.limits.bodiesBytes;
    while (*heldBytes + moreBytes > most) // only this thread adds
        if (moreBytes > most || ! makeRoom (since))
            return false;
    *heldBytes += moreBytes;
    return true;
}

/** The body that comes slowest gives way. @returns false if none comes more slowly than the one that began then. */
bool HttpServer::Core::makeRoom (Inflow::Clock::time_point since) const
{
    std::shared_ptr<HttpConnection> slowest;
    for (const auto& connection : connections.active())
        if (const auto began = connection->receivingSince(); began && *began < since)
        {
            since = *began;
            slowest = connection;
        }
    if (slowest != nullptr)
        slowest->giveWay();
    return slowest != nullptr;
}

std::shared_ptr<void> HttpServer::Core::keep (std::size_t bytes)
{
    return { nullptr, [all = heldBytes, bytes] (void*) { *all -= bytes; } };
}

void HttpServer::Core::becameIdle (HttpConnection& connection)
{
    connections.becameIdle (connection);
    if (ending || retired)
        connection.close();
}

void HttpServer::Core::left (HttpConnection& connection)
{
    connections.remove (connection);
    if (ending && connections.isEmpty())
        lastWords.cancel();
    armIdleExit();
}

void HttpServer::Core::armIdleExit()
{
    if ((options.idleExit.count() == 0 && ! retired) || ending || ! connections.isEmpty())
        return;
    idleExit.expires_after (retired ? std::chrono::milliseconds (0) : options.idleExit);
    idleExit.async_wait ([this] (SystemError error) {
        if (! error)
            idleIsOver();
    });
}

/** Ends, unless a client has come in this very moment: it is served. */
void HttpServer::Core::idleIsOver()
{
    if (ending || ! connections.isEmpty())
        return;
    for (auto& entrance : entrances)
        admitWaiting (entrance);
    if (connections.isEmpty())
        end (End::Idle);
}

void HttpServer::Core::retireNow()
{
    retired = true;
    while (connections.closeIdle (Standing::Local))
        ;
    armIdleExit();
}

void HttpServer::Core::moveNow (int from, int to)
{
    const auto entrance = std::ranges::find (entrances, from, &Entrance::fd);
    if (ending || entrance == entrances.end())
        return;
    admitWaiting (*entrance);
    sockaddr_storage address {};
    socklen_t size = sizeof (address);
    getsockname (to, reinterpret_cast<sockaddr*> (&address), &size);
    SystemError ignored;
    entrance->acceptor.close (ignored);
    entrance->acceptor.assign (asio::generic::stream_protocol (address.ss_family, 0), to, ignored);
    entrance->fd = to;
}

/** Freed bodies and recordings stay with the allocator: lets the system have them. Not after each request, since it takes
    milliseconds. */
void HttpServer::Core::worked()
{
    if (ending || std::exchange (trimming, true))
        return;
    trim.expires_after (beforeTrim);
    trim.async_wait ([this] (SystemError error) {
        trimming = false;
        if (error)
            return;
        const bool isIdle = connections.active().empty();
        asio::post (*workers, [this, isIdle] { giveMemoryBack (isIdle); });
        if (! isIdle)
            worked();
    });
}

/** As long as somebody is answered, seldom, and only if it has become much: whoever works takes it again, a page at a time.
    [a worker] */
void HttpServer::Core::giveMemoryBack (bool isIdle)
{
    const auto resident = residentBytes();
    const auto now = std::chrono::steady_clock::now();
    if (! isIdle && (resident < leastResident + muchMemory || now < lastTrim.load() + betweenBusyTrims))
    {
        leastResident = std::min (leastResident.load(), resident);
        return;
    }
    malloc_trim (0);
    lastTrim = now;
    leastResident = residentBytes();
}

void HttpServer::Core::end (End wanted)
{
    if (std::exchange (ending, true))
        return;
    how = wanted;
    for (auto& entrance : entrances)
    {
        if (! entrance.listener.lastCall || entrance.listener.lastCall())
            admitWaiting (entrance, stopping);
        entrance.acceptor.release(); // the descriptor is the caller's
        entrance.pause.cancel();
    }
    idleExit.cancel();
    trim.cancel();
    while (connections.closeIdle (Standing::Local))
        ;
    for (const auto& connection : connections.active())
        connection->stop (stopping);
    if (connections.isEmpty())
        return;
    lastWords.expires_after (forLastWords);
    lastWords.async_wait ([this] (SystemError) {
        for (const auto& connection : connections.active())
            connection->close();
    });
}
} // namespace tableread::engine
