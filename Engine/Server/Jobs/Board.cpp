// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/Board.h"

#include <algorithm>
#include <utility>

#include "Core/ContentHash.h"

namespace tableread::engine
{
namespace
{
constexpr std::chrono::seconds betweenLooks { 1 };
}

std::string JobBoard::newId()
{
    return "job-" + randomHash();
}

Result<void> JobBoard::add (JobRecord record)
{
    const std::lock_guard lock (mutex);
    forgetOld();
    auto id = record.id;
    if (! entries.try_emplace (id, Entry { std::move (record), arrivals + 1 }).second)
        return tl::make_unexpected (Error {
            ErrorCode::Conflict,
            "there is a job \"" + id +
                "\" already. Choose another id; one can be used again ten minutes after its job has ended.",
            "tableread.id" });
    ++arrivals;
    return {};
}

std::optional<JobRecord> JobBoard::find (const std::string& id)
{
    const std::lock_guard lock (mutex);
    forgetOld();
    const auto found = entries.find (id);
    return found == entries.end() ? std::nullopt : std::optional (found->second.record);
}

std::vector<JobRecord> JobBoard::all()
{
    std::vector<Entry> sorted;
    {
        const std::lock_guard lock (mutex);
        forgetOld();
        sorted.reserve (entries.size());
        for (const auto& [id, entry] : entries)
            sorted.push_back (entry);
    }
    std::ranges::sort (sorted, {}, &Entry::number);
    std::vector<JobRecord> records;
    records.reserve (sorted.size());
    for (auto& entry : sorted)
        records.push_back (std::move (entry.record));
    return records;
}

void JobBoard::setDue (const std::string& id, std::optional<JobProgress::Clock::time_point> due)
{
    const std::lock_guard lock (mutex);
    if (const auto found = entries.find (id); found != entries.end())
        found->second.record.due = due;
}

void JobBoard::remove (const std::string& id)
{
    const std::lock_guard lock (mutex);
    entries.erase (id);
}

void JobBoard::forgetOld()
{
    using Ended = std::pair<JobProgress::Clock::time_point, std::string>;
    const auto time = now();
    if (time < nextLook && entries.size() < 2 * mostEnded)
        return;
    nextLook = time + betweenLooks;
    const auto limit = time - keptFor;
    std::vector<Ended> kept;
    for (auto each = entries.begin(); each != entries.end();)
    {
        const auto state = each->second.record.progress->state();
        const bool isOver = state.phase == JobProgress::Phase::Ended;
        if (isOver && state.endedAt < limit)
        {
            each = entries.erase (each);
            continue;
        }
        if (isOver)
            kept.emplace_back (state.endedAt, each->first);
        ++each;
    }
    if (kept.size() <= mostEnded)
        return;
    const auto tooMany = static_cast<std::ptrdiff_t> (kept.size() - mostEnded);
    std::ranges::partial_sort (kept, kept.begin() + tooMany);
    for (auto each = kept.begin(); each != kept.begin() + tooMany; ++each)
        entries.erase (each->second);
}
} // namespace tableread::engine
