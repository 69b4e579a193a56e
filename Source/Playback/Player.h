// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "Playback/Parts.h"
#include "Playback/Stage.h"
#include "Project/Project.h"

namespace tableread::playback
{
/** Plays a project: the stage gets each new state of it, and the project gets the takes that were rendered or have failed.

    Threads   any. Of the project's listeners and edits none waits for what this does.
*/
class Player : private Stage::Listener
{
public:
    /** @param played outlives this. */
    Player (project::Project& played, Stage::Options options);
    ~Player() override;

    /** What plays: the audio thread's blocks, the engine, states of parts. A part is a passage, by the id of its first line. */
    Stage& stage() noexcept { return platform; }
    const Stage& stage() const noexcept { return platform; }

    /** Stage::renderAll(), after those who have no voice were given one of the engine's. */
    void renderAll();

    /** Where the host's music is; its tempo goes into the project. Not on the audio thread. */
    void setBeat (double quartersAMinute, HostBeat now);

    /** The model's voices: those of the embedded one until an engine has reported its own. */
    std::vector<std::string> voices() const;

    /** Why the take that was finished last is in memory alone; empty: it is in the store. */
    std::optional<Error> storeProblem() const;

private:
    void takeKept (const KeptTake& kept) override;
    void takeFailed (const FinishedTake& failed) override;
    void play();

    project::Project& source;
    mutable std::mutex mutex; // guards everything below down to the stage
    HostBeat beat;
    std::optional<Error> loss;
    Stage platform;
    std::shared_ptr<void> listening; // last: it ends first
};
} // namespace tableread::playback
