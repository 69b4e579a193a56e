// SPDX-License-Identifier: Apache-2.0
#include "Bench/LoadRun.h"

#include <fmt/format.h>

namespace tableread::test
{
namespace
{
constexpr std::chrono::milliseconds pulseTime { 50 };
constexpr int pulsesPerSample = 5; // of the engine's process

Clock::duration inSeconds (double seconds)
{
    return std::chrono::duration_cast<Clock::duration> (std::chrono::duration<double> (seconds));
}
} // namespace

LoadRun::LoadRun (const LoadSettings& load, const EngineFacts& facts, std::span<const std::string> references,
                  ProcessWatch* engineProcess)
    : settings (load)
    , engine (facts)
    , expected (references)
    , watch (engineProcess)
    , arrival (io)
    , heartbeat (io)
    , end (io)
    , start (Clock::now())
    , stop (start + inSeconds (load.seconds))
    , nextArrival (start)
    , nextPulse (start)
    , random (load.seed)
    , begun (static_cast<std::size_t> (load.clients))
    , tally ({ load.clients, load.seconds - load.settleSeconds,
               facts.frame.seconds / static_cast<double> (facts.frame.bytes), stop })
{}

RunFigures LoadRun::run()
{
    end.expires_at (stop);
    end.async_wait ([this] (SystemError) { timeIsUp(); });
    pulse();
    if (settings.rate > 0)
        arrive();
    else
        for (int depth = 0; depth < settings.depth; ++depth)
            for (int client = 0; client < settings.clients; ++client)
                begin (client, Clock::now());
    io.run();
    return tally.figures();
}

void LoadRun::begin (int client, Clock::time_point due)
{
    const auto count = begun[static_cast<std::size_t> (client)]++;
    // Each speaks all of them in turn, and begins elsewhere: so two seldom speak the same, which the engine would remember.
    const auto lines = settings.lines.size();
    const auto first =
        static_cast<std::size_t> (client) * lines / static_cast<std::size_t> (settings.clients);
    const auto index = (first + count) % lines;
    const auto& line = settings.lines[index];
    auto plan = planOf (settings, engine, line, client);
    plan.from = start + inSeconds (settings.settleSeconds);
    plan.until = stop;
    if (! expected.empty())
        plan.expected = &expected[index];
    const auto number = requests++;
    const auto request = std::make_shared<LineRequest> (
        io, engine.endpoint, std::move (plan),
        [=, this, &line] (LineResult result) { ended (number, client, line.text, std::move (result)); });
    running.emplace (number, request);
    request->begin (due);
}

void LoadRun::ended (std::int64_t request, int client, const std::string& line, LineResult result)
{
    const bool hasFailed = result.end == LineResult::End::Failed;
    tally.add (client, line, std::move (result));
    running.erase (request);
    if (isOver && running.empty())
        end.cancel();
    if (settings.rate <= 0)
        nextOf (client, hasFailed);
}

/** After a failure not at once: an engine that has gone would be asked as fast as this computer can. */
void LoadRun::nextOf (int client, bool afterFailure)
{
    if (isOver || Clock::now() >= stop)
        return;
    if (! afterFailure)
        return begin (client, Clock::now());
    const auto pause = std::make_shared<asio::steady_timer> (io, pulseTime);
    pause->async_wait ([this, pause, client] (SystemError) {
        if (! isOver)
            begin (client, Clock::now());
    });
}

void LoadRun::arrive()
{
    nextArrival += inSeconds (std::exponential_distribution<double> (settings.rate) (random));
    if (nextArrival >= stop)
        return;
    arrival.expires_at (nextArrival);
    arrival.async_wait ([this] (SystemError error) {
        if (error)
            return;
        begin (static_cast<int> (arrivals++ % settings.clients), nextArrival);
        arrive();
    });
}

void LoadRun::pulse()
{
    nextPulse += pulseTime;
    if (nextPulse >= stop)
        return;
    heartbeat.expires_at (nextPulse);
    heartbeat.async_wait ([this] (SystemError error) {
        if (error)
            return;
        tally.addLateness (Milliseconds (Clock::now() - nextPulse).count());
        if (settings.asksHealth)
            askHealth (nextPulse);
        if (watch != nullptr && pulses++ % pulsesPerSample == 0)
            watch->sample();
        pulse();
    });
}

void LoadRun::askHealth (Clock::time_point due)
{
    const auto call = std::make_shared<HttpCall> (
        io, engine.endpoint,
        HttpCall::Handlers { {},
                             [this, due] (const CallEnd& answer) {
                                 if (answer.fault.empty() && answer.status == 200)
                                     tally.addHealth (Milliseconds (Clock::now() - due).count());
                                 else
                                     tally.addFault (answer.fault.empty()
                                                         ? fmt::format ("/health: status {}", answer.status)
                                                         : "/health: " + answer.fault,
                                                     answer.refusal);
                             } },
        HttpCall::Limits { std::chrono::seconds (10) });
    call->begin (getRequest (protocol::healthPath));
}

void LoadRun::timeIsUp()
{
    isOver = true;
    if (running.empty())
        return;
    end.expires_after (inSeconds (settings.finishSeconds));
    end.async_wait ([this] (SystemError error) {
        if (! error)
            giveUp();
    });
}

void LoadRun::giveUp()
{
    const auto left = running; // each removes itself
    for (const auto& [number, request] : left)
        request->giveUp();
}
} // namespace tableread::test
