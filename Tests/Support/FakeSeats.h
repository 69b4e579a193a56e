// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "EngineLink/Protocol.h"

namespace tableread::test
{
/** Who speaks and who waits in a FakeEngine: the job that is due first gets the next seat, then the one that came first. */
class FakeSeats
{
public:
    enum class Entry
    {
        Seated,
        Full,
        Left
    };

    FakeSeats (int seatCount, int placesToWait) : seats (seatCount), places (placesToWait) {}

    /** Waits for a seat as long as the client is there. */
    template <typename IsThere>
    Entry enter (const protocol::SpeechRequest& request, IsThere isThere)
    {
        std::unique_lock lock (mutex);
        if (free() && queue.empty())
            return sit (request.id);
        if ((int) queue.size() >= places)
            return Entry::Full;
        const auto mine = queue.insert (queue.end(), { request.id, timeOf (request.dueMs) });
        while (isThere())
        {
            const auto next = std::min_element (queue.begin(), queue.end(),
                                                [] (const auto& a, const auto& b) { return a.due < b.due; });
            if (free() && next == mine)
            {
                queue.erase (mine);
                return sit (request.id);
            }
            lock.unlock();
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
            lock.lock();
        }
        queue.erase (mine);
        return Entry::Left;
    }

    void leave (const std::string& id)
    {
        const std::lock_guard lock (mutex);
        --taken;
        seated.erase (id);
    }

    void setDue (const std::string& id, std::optional<double> dueMs)
    {
        const std::lock_guard lock (mutex);
        for (auto& each : queue)
            if (each.id == id)
                each.due = timeOf (dueMs);
    }

    /** A job as the protocol has it; empty: there is none with this id. */
    std::optional<std::string> find (const std::string& id) const
    {
        const std::lock_guard lock (mutex);
        if (seated.contains (id))
            return R"({"state": "speaking"})";
        int place = 0;
        for (const auto& each : queue)
        {
            ++place;
            if (each.id == id)
                return R"({"state": "queued", "place": )" + std::to_string (place) + '}';
        }
        return std::nullopt;
    }

    int speaking() const
    {
        const std::lock_guard lock (mutex);
        return taken;
    }

    int waiting() const
    {
        const std::lock_guard lock (mutex);
        return (int) queue.size();
    }

    int mostAtOnce() const
    {
        const std::lock_guard lock (mutex);
        return most;
    }

private:
    using Clock = std::chrono::steady_clock;

    struct Waiting
    {
        std::string id;
        Clock::time_point due;
    };

    static Clock::time_point timeOf (std::optional<double> dueMs)
    {
        return dueMs ? Clock::now() + std::chrono::microseconds ((std::int64_t) (*dueMs * 1000.0))
                     : Clock::time_point::max();
    }

    bool free() const { return taken < seats; }

    Entry sit (const std::string& id)
    {
        most = std::max (most, ++taken);
        seated.insert (id);
        return Entry::Seated;
    }

    int seats, places;
    mutable std::mutex mutex;
    std::list<Waiting> queue;
    std::set<std::string> seated;
    int taken = 0, most = 0;
};
} // namespace tableread::test
