// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "Core/ContentHash.h"
#include "Project/Project.h"
#include "Take/Store/TakeStore.h"
#include "Timeline/GapReport.h"
#include "Voice/ReaderProcess.h"

namespace tableread::project
{
/** Follows an open project and writes down in the take store which takes it uses, so that eviction leaves them alone: when it
    is opened, when its takes have changed, and twice a day. Keeps its voices' recordings there as well, so that they are found
    when their files are gone. Has the store evicted once a day, by one of all who share it. Keeps
    the gap reports of its bounces and of what was played as files there. A project without an id is given one when the first of this is due.

    Threads   any. The disk is waited for on a thread of its own; the destructor waits until what was due is written.
    Errors    problems(). None of them costs a take: those that are open are in memory, and what is due is tried again. */
class Bookkeeper
{
public:
    struct Options
    {
        std::shared_ptr<TakeStore> store {};          // null: nothing is kept
        std::chrono::milliseconds settling { 5'000 }; // from a change of the takes until it is written down
        std::chrono::milliseconds again {
            43'200'000
        };                                          // 12 h: half of what a take that nobody lists is safe for
        std::chrono::milliseconds retry { 60'000 }; // after the store has refused it
        std::chrono::milliseconds firstEviction { 60'000 }; // when all projects of a host's session are open
        std::chrono::seconds evictionEvery { 86'400 };      // of all who share the store
        ReaderProcess reader {};                            // of recordings
        /** For a project without one, on the bookkeeper's thread; nothing is written down until there is one. */
        std::function<Result<std::string>()> drawId { [] { return Result<std::string> (randomHash()); } };
    };

    /** @param followed outlives this. */
    Bookkeeper (Project& followed, Options wanted);
    ~Bookkeeper();

    /** Waits until what was due is written, and follows the project no more. */
    void close();

    Bookkeeper (const Bookkeeper&) = delete;
    Bookkeeper& operator= (const Bookkeeper&) = delete;

    /** Keeps the report of a bounce, or of what was played in real time, as a file; one without a gap is none. A correction
        takes the place of what it corrects. */
    void keep (GapReport report);

    /** Where the last report lies; empty: none was kept. */
    std::filesystem::path lastReport() const;

    /** Sentences on what the store refuses at present, each once. */
    std::vector<std::string> problems() const;

private:
    using Clock = std::chrono::steady_clock;
    using Shared = std::shared_ptr<const Document>;

    void changed (const Shared& document, const Change& change);

    // Its thread.
    void run();
    void write (Shared document);
    bool write (const GapReport& report);
    bool keepVoices (const Document& document);
    bool evict();
    Result<Shared> withId (Shared document);
    void note (const char* what, const Result<void>& done);

    Project& source;
    const Options options;

    mutable std::mutex mutex; // guards everything below down to the thread's own
    std::condition_variable wake;
    std::vector<Shared> due; // the last one is the project as it is now, those before it were replaced
    Clock::time_point dueAt;
    std::deque<GapReport> reports;
    Clock::time_point reportAt {}; // not before
    std::filesystem::path reportFile;
    std::map<std::string, std::string> refused; // why, by what was to be done
    bool leaving = false;

    TakeSession written; // the thread's own: as it was written last
    Clock::time_point nextWrite {};
    std::filesystem::path playedFile; // of the last time that it was played; empty: it was complete
    std::set<std::string> seenVoices; // hashes of recordings that were looked at

    std::thread thread;
    std::shared_ptr<void> listening; // last: it ends first
};
} // namespace tableread::project
