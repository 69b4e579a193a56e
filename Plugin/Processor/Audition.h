// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "Playback/Stage.h"
#include "Processor/Worker.h"
#include "Project/Passages.h"
#include "Project/Project.h"
#include "Timeline/PlanReader.h"

namespace tableread::plugin
{
/** One take that is heard by itself, whether the transport runs or not. It is added to the main output, with its speaker's gain
    as on the timeline, whoever is muted; the speakers' buses do not have it. With a stopped transport it is alone.

    Comparing  Another take of the line that is being heard goes on at the same moment, or from its start if it is shorter than
               that. All else begins at the start, also the same take once more. Fades of 128 samples at each begin and end.
    Bounces    have nothing of it: a block for which the host waits, or may wait, ends it.
    Threads    mix() and refuse(): the audio thread, wait-free. All else: any; nothing waits for a disk. Takes are loaded and
               resampled on a thread of its own. Made and destroyed while no audio runs. */
class Audition
{
public:
    /** Why the audio thread does not play it. */
    enum class Refusal : std::uint8_t
    {
        None,
        Bypassed,
        Bouncing
    };

    /** @param played, stage  outlive this.
        @param place          of takes that are not in memory; null: none. */
    Audition (const project::Project& played, const playback::Stage& stage,
              std::shared_ptr<SampleStore> place);

    /** Has a take heard as soon as it is loaded, in place of what is heard now, which else ends.
        @returns why it cannot be: NotFound, Busy while it is rendered, or why it has failed. What is found out later is
                 problem(). */
    [[nodiscard]] Result<void> play (project::TakeId take);

    /** The same for the take that a line plays on the timeline, with those lines that are spoken in one pass with it. */
    [[nodiscard]] Result<void> playLine (project::LineId line);

    void stop();

    /** What is heard, or is loaded to be heard; none when it has ended. To be polled. */
    project::TakeId current() const;

    /** The first line of what is heard. */
    project::LineId currentLine() const;

    /** Why what was asked for last is not heard: its audio is lost or damaged, or the host asks for none; until the next
        play() or stop(). To be polled. */
    std::optional<Error> problem() const;

    /** At another rate what is heard ends. */
    void setHostRate (double hertz);

    /** Adds the next samples to each of the channels. [audio thread] */
    void mix (std::span<float* const> channels, std::size_t count) noexcept;

    /** In place of mix(): ends it. [audio thread] */
    void refuse (Refusal why) noexcept;

private:
    using Clock = std::chrono::steady_clock;

    /** What was asked for. */
    struct Wanted
    {
        project::LineId line;
        project::TakeId take;
        std::uint64_t run = 0; // the same for takes that are compared
        std::string title;     // of its passage, for people
        playback::KnownTake known;
        double gainDb = 0.0;
    };

    Result<void> begin (const project::Document& document, const project::TakeRecord& record,
                        const project::PassageView* passage);
    Result<void> refused (Error why);
    void end();
    bool isOver() const;
    void publish (PlaybackPlan plan);
    void load();
    Result<PlaybackPlan> planOf (const Wanted& job, double hertz) const;

    // The audio thread.
    void takeUp (std::uint64_t ticket) noexcept;
    std::size_t add (std::span<float* const> channels, std::size_t at, std::size_t count,
                     bool leaves) noexcept;
    std::int64_t left() const noexcept;
    void noteEnd (Refusal why = Refusal::None) noexcept;

    const project::Project& source;
    const playback::Stage& stage;
    const std::shared_ptr<SampleStore> store;

    static constexpr std::size_t chunk = 256;
    PlanReader reader;                     // the audio thread's, as all down to `scratch`
    const PlaybackPlan* playing = nullptr; // of one take; null: none yet
    std::int64_t position = 0;             // of its next sample
    std::uint64_t run = 0;                 // of `playing`
    int level = 0;                         // of the last sample; PlanReader::fadeSamples: full
    std::array<float, chunk> scratch {};

    // Plans are numbered, since the audio thread fades before it lets go of one.
    std::atomic<std::uint64_t> published { 0 }; // the newest
    std::atomic<std::uint64_t> taken { 0 };     // the one that plays
    std::atomic<std::uint64_t> ended { 0 };     // times `refusals`, and the Refusal: the one that is over

    mutable std::mutex mutex; // guards everything below; not for the audio thread
    PlanExchange exchange;    // except its audio side
    std::optional<Wanted> wanted;
    bool isLoaded = false; // `wanted` is the newest plan
    Clock::time_point publishedAt {};
    std::uint64_t asked = 0, runs = 0; // counted
    std::optional<Error> failure;
    double rate = (double) modelSampleRateHz;

    Worker loading; // last: it uses all of this
};
} // namespace tableread::plugin
