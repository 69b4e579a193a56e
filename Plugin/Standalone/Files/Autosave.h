// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "Core/LockFile.h"
#include "Project/File/Text.h"
#include "Standalone/Files/AutosaveFile.h"

namespace tableread::plugin
{
/** Keeps what a window has not saved in a file of its own, so that whatever ends the program costs a few seconds of work.
    The file is there as long as there is something to lose; Recovery.h finds those of programs that have ended.

    Threads   any; a thread of its own writes, and nobody waits for it but waitUntilWritten() and the destructor.
    Disk      a change is written `delay` after it, together with those that follow. If that takes long, as with embedded
              audio, writing takes a tenth of the time at most. */
class Autosave
{
public:
    struct Options
    {
        std::filesystem::path folder; // made if it is not there, for this user alone
        std::chrono::milliseconds delay { 3000 };
    };

    explicit Autosave (Options chosen);

    /** Writes what is due. The file stays, to be recovered, unless clear() was called. */
    ~Autosave();
    Autosave (const Autosave&) = delete;
    Autosave& operator= (const Autosave&) = delete;

    /** There is something that is not saved. */
    void set (Autosaved now);

    /** There is nothing to lose any more: it was saved, or given up. */
    void clear();

    /** Does at once what is due. */
    void waitUntilWritten();

    /** Why it cannot be written; it is tried again with the next change. */
    std::optional<Error> problem() const;

    /** Where it is while there is something to lose. */
    const std::filesystem::path& file() const { return path; }

private:
    void work();
    std::optional<Error> carryOut (const std::optional<Autosaved>& now);
    std::optional<Error> write (const Autosaved& now);

    const Options options;
    const std::filesystem::path path;

    mutable std::mutex mutex; // guards these
    std::condition_variable wake, idle;
    std::optional<Autosaved> wanted;               // empty: no file
    std::chrono::steady_clock::time_point due;     // of what is new
    std::chrono::steady_clock::duration lastWrite; // how long it took
    bool isNew = false, isBusy = false, isUrgent = false, ends = false;
    std::optional<Error> failure;

    project::TextWriter writer;   // the thread's
    std::optional<LockFile> lock; // the thread's
    std::thread thread;
};
} // namespace tableread::plugin
