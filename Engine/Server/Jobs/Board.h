// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "Server/Jobs/Progress.h"
#include "Server/Jobs/RenderWorker.h"

namespace tableread::engine
{
/** A job as others may ask for it. It holds no audio. */
struct JobRecord
{
    std::string id, model, client, fingerprint;
    std::int64_t createdAt = 0; // seconds since 1970
    std::optional<JobProgress::Clock::time_point> due {};
    std::shared_ptr<JobProgress> progress {};
    std::weak_ptr<SpeechJob> job {}; // until it is over
    RenderWorker* worker = nullptr;
};

/** The jobs of a server by their ids: those that run, and those that have ended lately. Threads: any. */
class JobBoard
{
public:
    static constexpr std::chrono::minutes keptFor { 10 };
    static constexpr std::size_t mostEnded = 10'000; // beyond it the one that ended first is forgotten

    using Now = std::function<JobProgress::Clock::time_point()>;

    explicit JobBoard (Now clock = JobProgress::Clock::now) : now (std::move (clock)) {}

    /** An id for a job that has none of its own; nobody can guess it. */
    static std::string newId();

    /** @returns Conflict if the id is taken. */
    [[nodiscard]] Result<void> add (JobRecord record);

    std::optional<JobRecord> find (const std::string& id);

    /** The oldest first. */
    std::vector<JobRecord> all();

    void setDue (const std::string& id, std::optional<JobProgress::Clock::time_point> due);
    void remove (const std::string& id);

private:
    struct Entry
    {
        JobRecord record;
        std::uint64_t number = 0; // by arrival
    };

    void forgetOld();

    Now now;
    std::mutex mutex;
    std::map<std::string, Entry> entries;
    std::uint64_t arrivals = 0;
    JobProgress::Clock::time_point nextLook {}; // for those to forget
};
} // namespace tableread::engine
