// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tableread::engine
{
using HttpFields = std::vector<std::pair<std::string, std::string>>;

/** A request whose framing has been checked. */
struct HttpRequest
{
    std::string method;         // "GET" for a HEAD too
    std::string path;           // without the query
    std::string parameter = {}; // what stands for "{id}" in the route's path (PathPattern.h)
    HttpFields fields;
    std::string body;           // as sent, also if it is compressed
    bool takesTrailers = false; // the client reads fields behind a body in chunks
    std::string peer;           // who sent it: "process 4711", on TCP an address, or whoever has the token
    std::string host;           // whom it is addressed to: in the target, else the field Host; may be empty
    bool isTcp = false;
    std::shared_ptr<void> held {}; // counts the body's bytes, as long as it exists

    /** The value of the first field of this name, in any case; empty if there is none. */
    std::string_view field (std::string_view name) const;
};

/** A body that is made while it is sent. Used and destroyed on the I/O thread; destroying it means that nobody wants the
    rest, and the wake function must not be called any more after that. */
class BodySource
{
public:
    enum class State
    {
        Open,  // more may come: wake() will tell
        Done,  // these were the last bytes
        Broken // the body stays incomplete: the connection closes without its last chunk
    };

    virtual ~BodySource() = default;

    /** Called once, before the first take(). `wake` may be called from any thread. */
    virtual void begin (std::function<void()> wake) = 0;

    /** Appends the bytes that are there. Never waits. */
    virtual State take (std::string& bytes) = 0;

    /** Fields that follow the body, once it is Done; HttpAnswer::trailers has announced their names. */
    virtual HttpFields trailers() { return {}; }

    /** After so long without a byte, beat() says something, so that nobody between here and the client takes the connection
        for dead; 0: never. */
    virtual std::chrono::milliseconds heartbeat() const { return {}; }
    virtual std::string beat() { return {}; }
};

struct HttpAnswer
{
    int status = 200;
    std::string type = "application/json";
    std::string body = {};
    std::unique_ptr<BodySource> stream = {}; // sent in chunks in place of `body`, if it is not null
    std::optional<std::size_t> length = {};  // of the stream, if it is known: it needs no chunks then
    HttpFields fields = {};
    std::string trailers = {}; // names of the stream's, for a client that takes them
    bool closes = false;       // the connection ends with this answer
};

/** One request, and the way back for its answer.

    Threads   all methods: any thread. The request does not change.
    Lifetime  may outlive its connection; everything is ignored then.
*/
class Exchange
{
public:
    /** What the connection does; both are called on any thread. */
    struct Connection
    {
        std::function<void (HttpAnswer)> send;
        std::function<void (std::function<void()>)> post; // runs something on the I/O thread
    };

    Exchange (HttpRequest wanted, Connection back)
        : request (std::move (wanted))
        , connection (std::move (back))
    {}

    const HttpRequest request;

    /** Answers; only the first answer counts. */
    void send (HttpAnswer answer) { connection.send (std::move (answer)); }

    /** Runs `work` on the I/O thread, where an answer's source lives. It must not wait. */
    void post (std::function<void()> work) { connection.post (std::move (work)); }

    /** The client has left, or the server stops: nobody waits for the answer. */
    bool isGone() const;

    /** Calls `action` once isGone(), on the I/O thread; at once, on this thread, if it already is. One at a time. */
    void whenGone (std::function<void()> action);

    /** For the connection. */
    void leave();

private:
    Connection connection;
    mutable std::mutex mutex;
    bool gone = false;
    std::function<void()> onGone;
};
} // namespace tableread::engine
