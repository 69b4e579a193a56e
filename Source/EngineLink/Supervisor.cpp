// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Supervisor.h"

#include "Core/Units.h"

namespace tableread
{
namespace
{
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds pollPause { 25 };

Error stopped()
{
    return { ErrorCode::Cancelled, "cancelled", {} };
}

Result<protocol::Health> checked (const protocol::Health& health)
{
    if (health.protocol != protocol::version)
        return tl::unexpected (Error { ErrorCode::Unsupported,
                                       "the engine that runs speaks protocol " +
                                           std::to_string (health.protocol) + ", this program speaks " +
                                           std::to_string (protocol::version) +
                                           ". Install the same version of both, and end the engine.",
                                       {} });
    if (health.sampleRateHz != modelSampleRateHz)
        return tl::unexpected (Error { ErrorCode::Unsupported,
                                       "the engine's model speaks at " +
                                           std::to_string (health.sampleRateHz) + " Hz, " +
                                           std::to_string (modelSampleRateHz) + " are expected",
                                       health.model });
    return health;
}
} // namespace

Supervisor::Supervisor (Options settings) : options (std::move (settings))
{}

Result<protocol::Health> Supervisor::ensureRunning (const StopSignal& stop)
{
    Client client (options.socket, options.timeouts);
    const StopSignal::Action breakOff (stop, [&] { client.cancel(); });
    auto begun = Clock::now();
    auto lastAnswer = begun;
    bool everAnswered = false, started = false;
    while (! stop.isRaised())
    {
        const auto health = client.health();
        if (health && health->status == "ok")
            return checked (*health);
        const auto now = Clock::now();
        if (health)
        {
            lastAnswer = now;
            everAnswered = true;
        }

        // A killed engine still accepts connections for a moment; one that was there a moment ago may be gone.
        // If our engine found another one on the socket, it has exited too, and the other one answers.
        const bool nobodyThere = ! health && health.error().kind == CallFailure::Kind::NoEngine;
        if (nobodyThere && (! engine || engine->ended()))
        {
            if (started)
                return tl::unexpected (startFailed ("ended with " + *engine->ended()));
            if (auto starting = start(); ! starting)
                return tl::unexpected (starting.error());
            started = true;
            begun = lastAnswer = now;
            everAnswered = false;
        }

        const bool silent = ! health && ! nobodyThere && now - lastAnswer > options.hangLimit;
        const bool late = ! everAnswered && now - begun > options.startLimit;
        if (silent || late)
        {
            const std::string how =
                late ? "did not answer within " + std::to_string (options.startLimit.count() / 1000) + " s"
                     : "hangs: " + health.error().error.message;
            if (engine)
                engine->kill();
            return tl::unexpected (startFailed (how));
        }
        stop.pause (pollPause);
    }
    return tl::unexpected (stopped());
}

Result<void> Supervisor::start()
{
    const auto program = findEngine (options.search);
    if (! program)
        return tl::unexpected (program.error());
    std::vector<std::string> arguments { "serve", "--socket", options.socket.string() };
    arguments.insert (arguments.end(), options.arguments.begin(), options.arguments.end());
    auto log = options.socket;
    log.replace_extension (".log");
    auto process = EngineProcess::start (*program, arguments, log);
    if (! process)
        return tl::unexpected (process.error());
    engine = std::move (*process);
    return {};
}

Error Supervisor::startFailed (const std::string& how) const
{
    const auto words = engine ? engine->lastWords() : std::string();
    return { ErrorCode::Io, "the engine " + how + (words.empty() ? "" : ". Its last words: " + words),
             options.socket.string() };
}
} // namespace tableread
