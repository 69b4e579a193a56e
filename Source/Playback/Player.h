// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "Playback/DragOut.h"
#include "Playback/Parts.h"
#include "Playback/Stage.h"
#include "Project/Project.h"
#include "Timeline/GapReport.h"

namespace tableread::playback
{
/** Plays a project: the stage gets each new state of it, and the project gets the takes that were rendered or have failed.

    Threads   any. Of the project's listeners and edits none waits for what this does.
    Bounces   A report follows each: lastBounce(), and whoever keeps it as a file (project::Bookkeeper::keep()) is told. So it
              is each time that the timeline was played in real time: lastPlayed().
*/
class Player : private Stage::Listener
{
public:
    using Report = std::shared_ptr<const GapReport>;

    /** @param played   outlives this.
        @param bounced  is given each report, also of what is complete. [a thread of the stage's] */
    Player (project::Project& played, Stage::Options options,
            std::function<void (const GapReport&)> bounced = {});
    ~Player() override;

    /** What plays: the audio thread's blocks, the engine, states of parts. A part is a passage, by the id of its first line. */
    Stage& stage() noexcept { return platform; }
    const Stage& stage() const noexcept { return platform; }

    /** Stage::renderAll(), after those who have no voice were given one of the engine's. */
    void renderAll();

    /** Instead of the project a gap is played, which says why: the project is not what was to be heard. Empty: the project again. */
    void refuse (std::optional<Error> why);

    /** Where the host's music is; its tempo goes into the project. Not on the audio thread. */
    void setBeat (double quartersAMinute, HostBeat now);

    /** The model's voices: those of the embedded one until an engine has reported its own. */
    std::vector<std::string> voices() const;

    /** For what is dragged out, as it plays now (DragOut.h). */
    DragSource dragSource() const;

    /** What the last bounce lacks that is over; null: there was none. */
    Report lastBounce() const;

    /** What was missing when it was played last; null: it never was. */
    Report lastPlayed() const;

    /** Another project is played from now on: what was told of the one before is forgotten. */
    void forgetReports();

    /** Why the take that was finished last is in memory alone; empty: it is in the store. */
    std::optional<Error> storeProblem() const;

    /** Sentences on takes that the store has found damaged since the project was opened. */
    std::vector<std::string> damagedTakes() const;

private:
    void takeKept (const KeptTake& kept) override;
    void takeFailed (const FinishedTake& failed) override;
    void takeDamaged (const Error& what) override;
    void bounceEnded (const BounceEnd& bounce) override;
    void playedEnded (const Played::Report& time) override;
    void tell (Report& last, GapReport made);
    void play();

    project::Project& source;
    const std::function<void (const GapReport&)> tellBounced;
    mutable std::mutex mutex; // guards everything below down to the stage
    HostBeat beat;
    std::optional<Error> refused; // empty: the project is played
    Report bounceReport, playedReport;
    std::optional<Error> loss;
    std::vector<std::string> damage;
    Stage platform;
    std::shared_ptr<void> listening; // last: it ends first
};
} // namespace tableread::playback
