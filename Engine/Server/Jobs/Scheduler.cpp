// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/Scheduler.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tableread::engine
{
bool Scheduler::add (Job job)
{
    if (isFull())
        return false;
    queue.push_back ({ std::move (job), ++arrivals });
    return true;
}

std::optional<Scheduler::JobId> Scheduler::next (Time now)
{
    if (queue.empty() || std::cmp_greater_equal (sitting.size(), seats))
        return {};
    ++given;
    const auto chosen = choose (now);
    const auto id = chosen->job.id;
    sitting.emplace (id, *chosen);
    queue.erase (chosen);
    return id;
}

int Scheduler::seatsOf (const std::string& client) const
{
    return static_cast<int> (
        std::ranges::count_if (sitting, [&] (const auto& each) { return each.second.job.client == client; }));
}

Scheduler::Queue::const_iterator Scheduler::choose (Time now) const
{
    std::map<std::string, int> held; // by the clients that wait
    for (const auto& entry : queue)
        if (const auto [client, isNew] = held.try_emplace (entry.job.client, 0); isNew)
            client->second = seatsOf (entry.job.client);
    const auto isCapped = [&] (int count) { return count > 0 && 2 * count >= seats; };
    const bool allAre = std::ranges::all_of (held, [&] (const auto& each) { return isCapped (each.second); });

    const bool byAge = given % longestWaitingGetsEach == 0;
    const auto rank = [&] (const Entry& entry) {
        const bool isDue = ! byAge && entry.job.due && *entry.job.due <= now + dueSoon;
        const auto count = held.at (entry.job.client);
        return std::tuple { ! allAre && isCapped (count), // only if nobody else waits
                            ! isDue, isDue ? *entry.job.due : Time {}, byAge ? 0 : count, entry.arrival };
    };
    return std::ranges::min_element (queue, {}, rank);
}

void Scheduler::remove (JobId job)
{
    sitting.erase (job);
    parked.erase (job);
    std::erase_if (queue, [job] (const auto& entry) { return entry.job.id == job; });
}

void Scheduler::park (JobId job)
{
    if (auto node = sitting.extract (job))
        parked.insert (std::move (node));
    const auto waits = std::ranges::find (queue, job, [] (const auto& entry) { return entry.job.id; });
    if (waits == queue.end())
        return;
    parked.emplace (job, *waits);
    queue.erase (waits);
}

void Scheduler::comeBack (JobId job)
{
    auto node = parked.extract (job);
    if (node.empty())
        return;
    const auto place = std::ranges::upper_bound (queue, node.mapped().arrival, {}, &Entry::arrival);
    queue.insert (place, std::move (node.mapped()));
}

void Scheduler::setDue (JobId job, std::optional<Time> due)
{
    for (auto& entry : queue)
        if (entry.job.id == job)
            entry.job.due = due;
    if (const auto found = parked.find (job); found != parked.end())
        found->second.job.due = due;
}

std::vector<Scheduler::JobId> Scheduler::queued() const
{
    std::vector<JobId> ids;
    ids.reserve (queue.size());
    for (const auto& entry : queue)
        ids.push_back (entry.job.id);
    return ids;
}
} // namespace tableread::engine
