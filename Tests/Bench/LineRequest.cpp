// SPDX-License-Identifier: Apache-2.0
#include "Bench/LineRequest.h"

#include <algorithm>

#include <fmt/format.h>

#include "EngineLink/Protocol.h"

namespace tableread::test
{
LineRequest::LineRequest (asio::io_context& context, HttpCall::Endpoint engine, LinePlan linePlan,
                          std::function<void (LineResult)> whenEnded)
    : io (context)
    , endpoint (std::move (engine))
    , plan (std::move (linePlan))
    , onEnd (std::move (whenEnded))
    , pause (context)
    , frames (plan.frame, plan.until)
{}

void LineRequest::begin (Clock::time_point due)
{
    begun = due;
    ask();
}

void LineRequest::giveUp()
{
    if (! onEnd)
        return;
    if (call)
        call->cancel();
    const auto now = Clock::now();
    frames.breakOff (now);
    if (! result.firstAudioMs)
        result.firstAudioMs = Milliseconds (now - begun).count();
    end (LineResult::End::Unfinished);
}

void LineRequest::ask()
{
    const auto self = shared_from_this();
    call = std::make_shared<HttpCall> (
        io, endpoint,
        HttpCall::Handlers { [self] (std::string_view bytes) { self->take (bytes); },
                             [self] (const CallEnd& answer) { self->answered (answer); } },
        HttpCall::Limits {});
    call->begin (postRequest (protocol::speechPath, plan.body));
}

void LineRequest::take (std::string_view bytes)
{
    const auto now = Clock::now();
    if (! result.firstAudioMs)
        result.firstAudioMs = Milliseconds (now - begun).count();
    frames.take (bytes.size(), now);
    if (now < plan.until)
    {
        result.bytesInTime += bytes.size();
        result.bytesCounted += now >= plan.from ? bytes.size() : 0;
    }
    compare (bytes);
    received += bytes.size();
    if (plan.keepsAudio)
        result.audio += bytes;
}

void LineRequest::compare (std::string_view bytes)
{
    if (plan.expected == nullptr || result.differsAt)
        return;
    const auto wanted = std::string_view (*plan.expected).substr (std::min (received, plan.expected->size()));
    const auto [is, should] = std::mismatch (bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
    if (is != bytes.end())
        result.differsAt = received + static_cast<std::size_t> (is - bytes.begin());
}

void LineRequest::answered (const CallEnd& answer)
{
    if (! answer.fault.empty())
        return failed (answer.fault);
    if (answer.status == 503)
        return askLater (answer);
    if (answer.status != 200)
    {
        const auto error = protocol::parseError (static_cast<int> (answer.status), answer.refusal);
        return failed (fmt::format ("status {} ({})", answer.status, protocol::nameOf (error.code)),
                       error.text());
    }
    finish (answer);
}

void LineRequest::askLater (const CallEnd& refusal)
{
    constexpr std::chrono::milliseconds least { 50 }, most { 60'000 };
    ++result.busy;
    if (Clock::now() >= plan.until)
        return giveUp();
    pause.expires_after (std::clamp<std::chrono::milliseconds> (
        refusal.retryAfter.value_or (std::chrono::seconds (0)), least, most));
    pause.async_wait ([self = shared_from_this()] (SystemError error) {
        if (! error && self->onEnd)
            self->ask();
    });
}

void LineRequest::finish (const CallEnd& answer)
{
    if (answer.type.rfind ("audio/", 0) != 0)
        return failed ("an answer that is not audio", '"' + answer.type + '"');
    if (received == 0)
        return failed ("an answer without audio");
    if (received % plan.sampleBytes != 0)
        return failed ("the audio ended within a sample");
    if (plan.expected != nullptr && ! result.differsAt && received != plan.expected->size())
        result.differsAt = received;
    end (LineResult::End::Done);
}

void LineRequest::failed (std::string fault, std::string example)
{
    result.fault = std::move (fault);
    result.example = std::move (example);
    end (LineResult::End::Failed);
}

void LineRequest::end (LineResult::End how)
{
    pause.cancel();
    call.reset();
    result.end = how;
    result.ended = Clock::now();
    result.betweenFramesMs = frames.betweenMs();
    std::exchange (onEnd, {}) (std::move (result));
}
} // namespace tableread::test
