// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tableread::playback
{
/** What shows that speech will still come. */
struct Signs
{
    std::uint64_t speech =
        0; // counts whatever brings audio nearer: new samples, takes that were loaded, resampled or kept
    std::uint64_t moves = 0;        // counts what happens in queues
    std::uint64_t losses = 0;       // counts engines that were lost
    bool isLoading = false;         // an engine loads its model, and answers
    std::optional<float> loaded {}; // how much of it; empty: unknown

    bool operator== (const Signs&) const = default;
};

/** How long an offline bounce waits: as long as there is progress, and for `limit` without. An engine that is lost and
    started again is progress three times in a row without new speech; a model that loads is, for ten minutes on end without a
    change of how much is there. A plain structure: times are passed in. */
class Patience
{
public:
    using Clock = std::chrono::steady_clock;

    static constexpr int mostRestarts = 3;
    static constexpr std::chrono::minutes mostLoading { 10 };

    explicit Patience (std::chrono::milliseconds longest) : limit (longest) {}

    /** A block has to wait. What happened between two waits was no lack of progress; but once patience is over, only
        progress restores it. */
    void begin (const Signs& now, Clock::time_point time);

    /** Whether the block that begin() was called for is not to wait any longer. */
    bool isOver (const Signs& now, Clock::time_point time);

private:
    bool isProgress (const Signs& now, Clock::time_point time);

    std::chrono::milliseconds limit;
    Signs seen;
    Clock::time_point last {}, loadingSince {};
    int restarts = 0;
    bool over = false;
};
} // namespace tableread::playback
