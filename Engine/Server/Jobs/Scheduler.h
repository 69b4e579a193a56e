// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tableread::engine
{
/** Who gets a free seat of the batch.

    First the jobs that are due within 10 s, the earliest first; then the client with the fewest seats; then the one that
    came first. Every fourth free seat goes to the job that has waited longest. While others wait, a client with half of the
    seats gets no more.

    Threads   one at a time. It knows neither threads nor clocks.
*/
class Scheduler
{
public:
    using Time = std::chrono::steady_clock::time_point;
    using JobId = std::uint64_t;

    static constexpr std::chrono::seconds dueSoon { 10 };
    static constexpr int longestWaitingGetsEach = 4;

    struct Job
    {
        JobId id = 0;
        std::string client;
        std::optional<Time> due {};
    };

    explicit Scheduler (std::size_t queueLimit, int seatCount = 1) : limit (queueLimit), seats (seatCount) {}

    void setSeats (int count) { seats = count; }
    int seatCount() const { return seats; }

    /** Puts a job at the end of the queue. @returns false if the queue is full. */
    [[nodiscard]] bool add (Job job);

    /** Gives the next free seat away. @returns the job that gets it; empty if none is free or nobody waits. */
    std::optional<JobId> next (Time now);

    /** A job gives its seat back, or its place in the queue. */
    void remove (JobId job);

    /** A job leaves its seat, or its place in the queue, and keeps its age. Later it asks for another one; the queue's limit
        does not apply. */
    void park (JobId job);
    void comeBack (JobId job);

    /** Changes when a job is due, wherever it is. */
    void setDue (JobId job, std::optional<Time> due);

    bool isFull() const { return queue.size() >= limit; }
    std::size_t waiting() const { return queue.size(); }
    std::size_t seated() const { return sitting.size(); }
    std::vector<JobId> queued() const;

private:
    struct Entry
    {
        Job job;
        std::uint64_t arrival = 0;
    };
    using Queue = std::vector<Entry>;

    int seatsOf (const std::string& client) const;
    Queue::const_iterator choose (Time now) const;

    std::size_t limit;
    int seats;
    Queue queue; // by arrival
    std::map<JobId, Entry> sitting, parked;
    std::uint64_t arrivals = 0, given = 0;
};
} // namespace tableread::engine
