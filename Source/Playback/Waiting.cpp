// SPDX-License-Identifier: Apache-2.0
// The audio thread's side of the stage.
#include <algorithm>
#include <utility>

#include "EngineLink/RunningEngine.h"
#include "Playback/Stage.h"

namespace tableread::playback
{
const PlaybackPlan& Stage::planFor (const Block& block)
{
    playhead.store (block.position.value, std::memory_order_relaxed);
    blockSize.store ((std::int64_t) block.count, std::memory_order_relaxed);
    if (block.isPlaying)
        pace.add ((double) block.count / hostRateHz.load (std::memory_order_relaxed), Clock::now());
    else
        pace.stop();
    const bool waits = mustWait (block);
    readAt = ! waits && isReadOn (block) ? expected : block.position.value;
    if (readAt != expected)
        jumps.fetch_add (1, std::memory_order_relaxed);
    expected = readAt + (block.isPlaying ? (std::int64_t) block.count : 0);
    if (! waits)
        followTransport (block.isPlaying);
    plays.store (block.isPlaying, std::memory_order_release);
    if (! waits)
    {
        if (isBouncing.load (std::memory_order_relaxed))
            isBouncing.store (false, std::memory_order_relaxed);
        return exchange.current();
    }
    const auto& ready = waitFor (block);
    pace.answered (Clock::now());
    return ready;
}

/** Hosts round positions, or follow a clock that is not the samples': a block may begin some samples beside the end of the one
    before. To skip and repeat these samples is heard as a buzz, for each end of a block would be a step. */
bool Stage::isReadOn (const Block& block) const noexcept
{
    constexpr std::uint64_t tolerance = 8;
    const auto beside = (std::uint64_t) block.position.value - (std::uint64_t) expected; // may be below 0
    const bool goesOn = block.isPlaying && plays.load (std::memory_order_relaxed);
    return goesOn && ! block.isOffline && beside + tolerance <= 2 * tolerance;
}

/** In real time. */
void Stage::followTransport (bool isPlayed) noexcept
{
    if (isPlayed == std::exchange (isHeard, isPlayed))
        return;
    if (isPlayed)
        lateSamples.store (0, std::memory_order_relaxed);
    else
        holes.end();
}

void Stage::read (const PlaybackPlan& current, const BusBlock& out) noexcept
{
    const auto missing = reader.read (current, { readAt }, out, isHeard ? &holes : nullptr);
    if (isHeard && missing > 0)
        lateSamples.fetch_add ((std::int64_t) missing, std::memory_order_relaxed);
}

bool Stage::mustWait (const Block& block) const noexcept
{
    switch (waitMode.load (std::memory_order_relaxed))
    {
        case WaitMode::Auto:
            return block.isPlaying && (block.isOffline || pace.isFast());
        case WaitMode::Always:
            return block.isPlaying;
        case WaitMode::Never:
            break;
    }
    return false;
}

const PlaybackPlan& Stage::waitFor (const Block& block)
{
    constexpr std::chrono::milliseconds look { 50 }; // at the signs of progress, which wake nobody
    Lock lock (mutex);
    if (! isBouncing.exchange (true))
        beginBounce (block);
    bouncedFrom = std::min (bouncedFrom, block.position.value);
    bouncedTo = std::max (bouncedTo, block.position.value + (std::int64_t) block.count);
    bool isWaiting = false;
    while (true)
    {
        const auto& newest = exchange.current();
        if (leaving)
            return newest;
        if (answered == asked)
        {
            const auto lacked = newest.waiting (block.position, block.count);
            const auto place = lacked ? std::find (lines.begin(), lines.end(), lacked->line) : lines.end();
            const bool isThere = place == lines.end() || givenUp.contains (*place);
            if (isThere && ! isBeingKept (block))
                return newest;
            if (! std::exchange (isWaiting, true))
                patience.begin (signs(), Clock::now());
            if (isThere)
            {
                if (patience.isOver (signs(), Clock::now()))
                    return newest; // what hangs is the store: all can be heard
            }
            else if (const auto& part = shown->parts[(std::size_t) (place - lines.begin())];
                     auto why = whyToGiveUp (part))
            {
                giveUp (part, std::move (*why));
                continue;
            }
        }
        changed.wait_for (lock, look);
    }
}

/** With the lock held, as are those below. */
void Stage::beginBounce (const Block& block)
{
    if (std::exchange (isUnreported, true)) // the stage has not seen the end of the one before
        inbox.ended.push_back (endedBounce());
    const bool wasHeard = std::exchange (isHeard, false);
    goesOn = wasHeard && ! block.isOffline && waitMode == WaitMode::Auto;
    if (goesOn)
        holes.flush();
    else if (wasHeard)
        holes.end();
    if (! goesOn)
        lateSamples.store (0, std::memory_order_relaxed);
    reader = PlanReader(); // which begins without a fade
    bouncedRate = hostRate();
    bouncedFrom = bouncedTo = block.position.value;
    lastGaps.clear();
    givenUp.clear();
    patience = Patience (longestWait);
    inbox.beginsBounce = inbox.isOther = hasNews = true;
    ++asked;
    wake.notify_all();
}

/** A bounce that begins in the middle also gives up what is before it, and reports only what is in it. */
Stage::Ended Stage::endedBounce() const
{
    auto gaps = lastGaps;
    std::erase_if (gaps, [&] (const Gap& gap) {
        const auto end =
            std::max (gap.place.end(), gap.place.start + ModelSamples { modelSampleRateHz }); // slate
        return toHost (gap.place.start, bouncedRate).value >= bouncedTo ||
               toHost (end, bouncedRate).value <= bouncedFrom;
    });
    for (auto& gap : gaps)
        if (gap.line == 0) // all of a project that could not be opened: as far as it was asked for
            gap.place.length = samplesOfSeconds ((double) bouncedTo / bouncedRate) - gap.place.start;
    return { std::move (gaps), bouncedRate, goesOn };
}

/** Whether a take that sounds in the block is not in the project yet. */
bool Stage::isBeingKept (const Block& block) const
{
    if (beingKept.empty())
        return false;
    const auto rate = hostRate();
    const auto end = block.position.value + (std::int64_t) block.count;
    return std::any_of (shown->parts.begin(), shown->parts.end(), [&] (const PartView& part) {
        return beingKept.contains (part.take.get()) && toHost (part.place.start, rate).value < end &&
               toHost (part.place.end(), rate).value >= block.position.value;
    });
}

Signs Stage::signs() const
{
    const auto status = link.status();
    const bool isLoading =
        status.phase == LinkStatus::Phase::Starting && status.start.step == StartProgress::Step::Loading;
    return { .speech = (std::uint64_t) status.samples + steps.load (std::memory_order_relaxed),
             .moves = status.moves,
             .losses = status.losses,
             .isLoading = isLoading,
             .loaded = isLoading ? status.start.fraction : std::nullopt };
}

std::optional<std::string> Stage::whyToGiveUp (const PartView& part)
{
    if (part.state == PartState::Failed)
        return part.reason;
    if (! patience.isOver (signs(), Clock::now()))
        return std::nullopt;
    auto why = "Nothing has come from the engine for " + std::to_string (longestWait.count() / 1000) + " s";
    if (const auto status = link.status(); ! status.detail.empty())
        return why + ": " + status.detail;
    const auto engine = listenerAt (options.link.engine.socket);
    return why + ". If it hangs, end it" +
           (engine == 0 ? std::string() : ", process " + std::to_string (engine)) + "; then bounce again.";
}

void Stage::giveUp (const PartView& part, std::string why)
{
    givenUp.insert (part.line);
    lastGaps.push_back ({ part.line, part.place, std::move (why) });
    inbox.isOther = hasNews = true;
    ++asked;
    wake.notify_all();
}
} // namespace tableread::playback
