// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/Scheduler.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace tableread::engine;
using namespace std::chrono_literals;

namespace
{
const Scheduler::Time start {};

/** A scheduler, and who got a seat in which order. */
struct Seats
{
    explicit Seats (int count, std::size_t limit = 1024) : scheduler (limit, count) {}

    Scheduler::JobId add (const std::string& client, std::optional<Scheduler::Time> due = {})
    {
        const auto id = ++last;
        clients[id] = client;
        REQUIRE (scheduler.add ({ id, client, due }));
        return id;
    }

    /** Gives out all free seats. @returns their clients. */
    std::string fill (Scheduler::Time now = start)
    {
        std::string got;
        while (const auto id = scheduler.next (now))
        {
            seated.push_back (*id);
            got += clients.at (*id);
        }
        return got;
    }

    /** The job that has been seated for longest ends; then fills. */
    std::string nextOne (Scheduler::Time now = start)
    {
        scheduler.remove (seated.front());
        seated.erase (seated.begin());
        return fill (now);
    }

    Scheduler scheduler;
    std::map<Scheduler::JobId, std::string> clients;
    std::vector<Scheduler::JobId> seated;
    Scheduler::JobId last = 0;
};
} // namespace

TEST_CASE ("Jobs of equal clients get seats in the order of their arrival", "[engine][server][scheduler]")
{
    Seats seats (2);
    for (const auto* client : { "a", "b", "c", "d" })
        seats.add (client);
    CHECK (seats.fill() == "ab");
    CHECK (seats.scheduler.waiting() == 2);
    CHECK (seats.nextOne() == "c");
    CHECK (seats.nextOne() == "d");
    CHECK (seats.scheduler.seated() == 2);
}

TEST_CASE ("The client with the fewest seats comes first", "[engine][server][scheduler]")
{
    Seats seats (5);
    for (int i = 0; i < 4; ++i)
        seats.add ("a");
    seats.add ("b");
    CHECK (seats.fill() == "abaaa"); // the third a is over half only because nobody else waits
    seats.add ("a");
    seats.add ("b");
    seats.add ("c");
    CHECK (seats.nextOne() == "c");
    CHECK (seats.nextOne() == "b");
}

TEST_CASE ("While others wait a client with half of the seats gets no more", "[engine][server][scheduler]")
{
    Seats seats (4);
    for (int i = 0; i < 6; ++i)
        seats.add ("a");
    CHECK (seats.fill() == "aaaa");                // nobody else waits
    const auto late = seats.add ("b", start + 1h); // not due soon
    CHECK (seats.nextOne() == "b");
    CHECK (seats.seated.back() == late);
    seats.add ("b");
    seats.add ("b");
    CHECK (seats.nextOne() == "b"); // a has half
    CHECK (seats.nextOne() == "a"); // now b has
}

TEST_CASE ("A client with half of the seats gets no more for a line that is due either",
           "[engine][server][scheduler]")
{
    Seats seats (4);
    for (const auto* client : { "a", "a", "c", "c" })
        seats.add (client);
    CHECK (seats.fill() == "acac");
    seats.add ("a", start + 1s);
    CHECK (seats.nextOne() == "a"); // one of its own has ended
    seats.add ("a", start + 1s);
    seats.add ("b");
    CHECK (seats.nextOne() == "b");
}

TEST_CASE ("Jobs that are due within ten seconds come first, the earliest first",
           "[engine][server][scheduler]")
{
    Seats seats (1);
    seats.add ("a");
    seats.add ("b", start + 11s);
    seats.add ("c", start + 9s);
    seats.add ("d", start - 1s); // late already
    CHECK (seats.fill() == "d");
    CHECK (seats.nextOne() == "c");
    CHECK (seats.nextOne (start + 2s) == "b"); // soon enough now
    CHECK (seats.nextOne() == "a");
}

TEST_CASE ("When a job is due can change while it waits or is parked", "[engine][server][scheduler]")
{
    Scheduler seats (10, 1);
    for (const Scheduler::JobId id : { 1U, 2U, 3U })
        REQUIRE (seats.add ({ id, "client " + std::to_string (id) }));
    seats.setDue (3, start + 1s);
    CHECK (seats.next (start) == 3U);
    seats.park (3);
    seats.setDue (3, {});
    seats.comeBack (3);
    seats.setDue (2, start + 1s);
    CHECK (seats.next (start) == 2U);
}

TEST_CASE ("Every fourth free seat goes to the job that has waited longest", "[engine][server][scheduler]")
{
    Seats seats (1);
    seats.add ("old");
    for (int i = 0; i < 12; ++i)
        seats.add ("due", start + std::chrono::seconds (i % 3));
    std::vector<std::string> got { seats.fill() };
    while (got.size() < 5)
        got.push_back (seats.nextOne());
    CHECK (got == std::vector<std::string> { "due", "due", "due", "old", "due" });
}

TEST_CASE ("Behind clients with sixty lines each a due line gets one of the next two free seats",
           "[engine][server][scheduler]")
{
    Seats seats (8);
    for (int line = 0; line < 60; ++line)
        for (int client = 0; client < 8; ++client)
            seats.add (std::to_string (client));
    seats.fill();
    const int before = GENERATE (0, 1, 2, 3);
    for (int i = 0; i < before; ++i)
        seats.nextOne();
    seats.add ("ninth", start + 2s);
    const auto first = seats.nextOne(), second = seats.nextOne();
    CHECK ((first == "ninth" || second == "ninth"));
}

TEST_CASE ("Clients that each ask again when they are answered get equally many seats",
           "[engine][server][scheduler]")
{
    const int clients = GENERATE (2, 8, 32);
    Seats seats (GENERATE (1, 3, 5, 16));
    std::map<std::string, int> got;
    for (int i = 0; i < clients; ++i)
        seats.add (std::to_string (i) + " ");
    seats.fill();
    for (int turn = 0; turn < 10 * clients; ++turn)
    {
        const auto client = seats.clients.at (seats.seated.front());
        ++got[client];
        seats.add (client); // before its seat is given away
        seats.nextOne();
    }
    int least = 1000, most = 0;
    for (const auto& [client, count] : got)
    {
        least = std::min (least, count);
        most = std::max (most, count);
    }
    CHECK (std::ssize (got) == clients);
    CHECK (most - least <= 1);
}

TEST_CASE ("A parked job keeps its age, and the queue's limit is not for it", "[engine][server][scheduler]")
{
    Seats seats (1, 2);
    const auto slow = seats.add ("slow");
    seats.fill();
    seats.add ("a");
    seats.add ("b");
    CHECK (seats.scheduler.isFull());
    CHECK (! seats.scheduler.add ({ 99, "c" }));
    seats.scheduler.park (slow);
    CHECK (seats.scheduler.seated() == 0);
    CHECK (seats.scheduler.next (start)); // a's
    seats.scheduler.comeBack (slow);
    seats.scheduler.comeBack (slow); // once is enough
    CHECK (seats.scheduler.queued() == std::vector<Scheduler::JobId> { slow, 3 });
    seats.scheduler.remove (2);
    CHECK (seats.scheduler.next (start) == slow);
    seats.scheduler.remove (slow);
    CHECK (seats.scheduler.next (start) == 3);
    CHECK (! seats.scheduler.next (start));
}

TEST_CASE ("A job that waits can stand aside and comes back to its place", "[engine][server][scheduler]")
{
    Seats seats (1);
    const auto first = seats.add ("a"), second = seats.add ("b"), third = seats.add ("c");
    seats.scheduler.park (first);
    CHECK (seats.scheduler.waiting() == 2);
    CHECK (seats.scheduler.next (start) == second);
    seats.scheduler.comeBack (first);
    CHECK (seats.scheduler.queued() == std::vector<Scheduler::JobId> { first, third });
    seats.scheduler.park (first);
    seats.scheduler.remove (first);
    seats.scheduler.comeBack (first); // it is gone
    CHECK (seats.scheduler.queued() == std::vector<Scheduler::JobId> { third });
}
