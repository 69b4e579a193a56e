// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "Core/Disk/DataFolder.h"
#include "Playback/Player.h"
#include "Processor/Worker.h"

namespace tableread::plugin
{
/** Lines, scenes and stems as sound files, written on a thread of its own: an hour of speech takes seconds. One at a time; the
    newest wish counts.

    Threads   any.
*/
class SoundExport
{
public:
    /** @param played  outlives this. @param drags  where files to be dragged go. */
    explicit SoundExport (const playback::Player& played, std::filesystem::path drags = dataFolder ("drags"));

    /** Gives up what is being written. */
    ~SoundExport();

    /** Begins to write it as it plays now, or as soon as its takes are loaded. What is being written for another wish is given up; the file of the last drag is
        used again if it would be the same.
        @param file  where; empty: somewhere from where it can be dragged */
    void begin (const playback::Dragged& what, std::filesystem::path file = {});

    void cancel();

    /** Of the last wish. */
    struct State
    {
        std::string name;                                   // "Anna.wav"; empty: nothing is wanted
        double fraction = 0.0;                              // that is written
        std::optional<Result<std::filesystem::path>> ended; // the file, or why there is none; empty: not yet
    };

    State state() const;

private:
    struct Wish
    {
        playback::Dragged what;
        playback::DragSource source;
        std::filesystem::path file;
        std::uint64_t number = 0;

        bool isSame (const Wish& other) const
        {
            return what == other.what && source == other.source && file == other.file;
        }
    };

    void write();
    Result<std::filesystem::path> written (const Wish& wanted);
    bool isLoadedSoon (const Result<std::filesystem::path>& ended, std::uint64_t number);
    bool goesOn (std::uint64_t number, double fraction);

    const playback::Player& player;
    const std::filesystem::path folder;
    mutable std::mutex mutex; // guards everything below
    std::condition_variable changed;
    Wish wish;
    std::uint64_t wishes = 0; // counted; another number than the one that is written for: it is given up
    State now;
    Worker worker; // last: it uses all of this
};
} // namespace tableread::plugin
