// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Bench/FrameTimes.h"
#include "Bench/HttpCall.h"

namespace tableread::test
{
/** A line to ask for, and what its stream is held against. */
struct LinePlan
{
    std::string body; // of the request
    FrameShape frame;
    std::size_t sampleBytes = 4;
    const std::string* expected = nullptr; // the stream's bytes, if they are known
    bool keepsAudio = false;
    Clock::time_point from = Clock::time_point::min(); // what comes before does not count as throughput
    Clock::time_point until =
        Clock::time_point::max(); // what begins later is not measured, and a 503 ends the request
};

/** What came of it. */
struct LineResult
{
    enum class End
    {
        Done,
        Failed,
        Unfinished // nobody waited any longer
    };

    End end = End::Unfinished;
    std::string fault;                  // of a failed one, in words that are the same for the same kind
    std::string example;                // what the engine said about it
    int busy = 0;                       // how many 503s came
    std::optional<double> firstAudioMs; // since it was due, waits after 503s included
    std::vector<double> betweenFramesMs;
    std::size_t bytesInTime = 0, bytesCounted = 0; // of the latter those that count as throughput
    std::optional<std::size_t> differsAt;          // the byte
    std::string audio;                             // if it is kept
    Clock::time_point ended;
};

/** Asks for one line, and again after each 503, and measures its stream. */
class LineRequest : public std::enable_shared_from_this<LineRequest>
{
public:
    LineRequest (asio::io_context& context, HttpCall::Endpoint engine, LinePlan linePlan,
                 std::function<void (LineResult)> whenEnded);

    /** @param due  since when somebody waits; not later than now. */
    void begin (Clock::time_point due);

    /** Ends it now. What has not come counts with the time that was waited for it. */
    void giveUp();

private:
    void ask();
    void take (std::string_view bytes);
    void compare (std::string_view bytes);
    void answered (const CallEnd& answer);
    void askLater (const CallEnd& refusal);
    void finish (const CallEnd& answer);
    void failed (std::string fault, std::string example = {});
    void end (LineResult::End how);

    asio::io_context& io;
    HttpCall::Endpoint endpoint;
    LinePlan plan;
    std::function<void (LineResult)> onEnd;
    asio::steady_timer pause;
    std::shared_ptr<HttpCall> call;
    FrameTimes frames;
    Clock::time_point begun;
    std::size_t received = 0;
    LineResult result;
};
} // namespace tableread::test
