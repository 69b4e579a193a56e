// SPDX-License-Identifier: Apache-2.0
#include "Bench/Preparation.h"

#include <thread>

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

namespace tableread::test
{
namespace
{
HttpCall::Endpoint endpointOf (const LoadSettings& settings)
{
    try
    {
        return unixEndpoint (settings.socket);
    }
    catch (const boost::system::system_error& error)
    {
        fail (ErrorCode::InvalidInput, error.what(), settings.socket.string());
    }
}

protocol::Health askHealth (const LoadSettings& settings, const HttpCall::Endpoint& endpoint)
{
    asio::io_context io;
    std::string body;
    CallEnd answer;
    const auto call =
        std::make_shared<HttpCall> (io, endpoint,
                                    HttpCall::Handlers { [&] (std::string_view bytes) { body += bytes; },
                                                         [&] (const CallEnd& end) { answer = end; } },
                                    HttpCall::Limits { std::chrono::seconds (10) });
    call->begin (getRequest (protocol::healthPath));
    io.run();
    if (! answer.fault.empty())
        fail (ErrorCode::Io, "no engine answers /health: " + answer.fault, settings.socket.string());
    if (answer.status != 200)
        fail (ErrorCode::Io, fmt::format ("/health was answered with status {}", answer.status),
              settings.socket.string());
    return orThrow (protocol::parseHealth (body));
}
} // namespace

EngineFacts askEngine (const LoadSettings& settings)
{
    constexpr std::chrono::minutes longest { 2 };
    constexpr std::chrono::milliseconds pause { 200 };
    EngineFacts facts;
    facts.endpoint = endpointOf (settings);
    const auto begin = Clock::now();
    for (facts.health = askHealth (settings, facts.endpoint); facts.health.status == "loading";
         facts.health = askHealth (settings, facts.endpoint))
    {
        if (Clock::now() > begin + longest)
            fail (ErrorCode::Io, "the engine has been loading for two minutes", settings.socket.string());
        std::this_thread::sleep_for (pause);
    }
    facts.sampleBytes = settings.format == protocol::SampleFormat::Float32 ? 4 : 2;
    facts.frame.bytes = static_cast<std::size_t> (facts.health.frameSamples) * facts.sampleBytes;
    facts.frame.seconds =
        static_cast<double> (facts.health.frameSamples) / static_cast<double> (facts.health.sampleRateHz);
    return facts;
}

LinePlan planOf (const LoadSettings& settings, const EngineFacts& engine, const SpokenText& line, int client)
{
    LinePlan plan;
    plan.body = bodyOf (settings, line, client);
    plan.frame = engine.frame;
    plan.sampleBytes = engine.sampleBytes;
    return plan;
}

std::vector<std::string> askAlone (const LoadSettings& settings, const EngineFacts& engine)
{
    std::vector<std::string> streams;
    for (const auto& line : settings.lines)
    {
        asio::io_context io;
        LineResult result;
        auto plan = planOf (settings, engine, line, 0);
        plan.keepsAudio = true;
        const auto request =
            std::make_shared<LineRequest> (io, engine.endpoint, std::move (plan),
                                           [&result] (LineResult ended) { result = std::move (ended); });
        request->begin (Clock::now());
        io.run();
        if (result.end != LineResult::End::Done)
            fail (ErrorCode::Io,
                  fmt::format ("asked for alone, it was not spoken: {} {}", result.fault, result.example),
                  line.text);
        streams.push_back (std::move (result.audio));
    }
    return streams;
}
} // namespace tableread::test
