// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Server/Jobs/Board.h"

using namespace tableread;
using namespace tableread::engine;
using namespace std::chrono_literals;

namespace
{
JobRecord recordOf (const std::string& id)
{
    JobRecord made;
    made.id = id;
    made.progress = std::make_shared<JobProgress>();
    return made;
}
} // namespace

TEST_CASE ("A job's id is its own until ten minutes after its end", "[engine][server]")
{
    auto now = JobProgress::Clock::now();
    JobBoard board ([&now] { return now; });
    const auto first = recordOf ("a");
    REQUIRE (board.add (first));
    CHECK (board.add (recordOf ("a")).error().code == ErrorCode::Conflict);
    first.progress->ends ({});
    now = JobProgress::Clock::now() + 9min + 59s;
    CHECK (board.find ("a")->progress == first.progress);
    CHECK_FALSE (board.add (recordOf ("a")));
    now += 2s;
    CHECK_FALSE (board.find ("a"));
    CHECK (board.add (recordOf ("a")));
}

TEST_CASE ("A job that runs keeps its id however long it takes", "[engine][server]")
{
    auto now = JobProgress::Clock::now();
    JobBoard board ([&now] { return now; });
    REQUIRE (board.add (recordOf ("a")));
    now += 1h;
    CHECK (board.add (recordOf ("a")).error().code == ErrorCode::Conflict);
}

TEST_CASE ("Jobs are listed by their arrival and can be forgotten", "[engine][server]")
{
    JobBoard board;
    for (const auto* id : { "c", "a", "b" })
        REQUIRE (board.add (recordOf (id)));
    board.remove ("a");
    const auto all = board.all();
    REQUIRE (all.size() == 2);
    CHECK (all[0].id == "c");
    CHECK (all[1].id == "b");
}

TEST_CASE ("Not more jobs are kept than there is room for", "[engine][server]")
{
    auto now = JobProgress::Clock::now();
    JobBoard board ([&now] { return now; });
    const auto running = recordOf ("running");
    REQUIRE (board.add (running));
    for (std::size_t i = 0; i < JobBoard::mostEnded + 10; ++i)
    {
        const auto made = recordOf (std::to_string (i));
        made.progress->ends ({});
        REQUIRE (board.add (made));
    }
    now += 2s;
    CHECK (board.all().size() == JobBoard::mostEnded + 1);
    CHECK (board.find ("running"));
    CHECK_FALSE (board.find ("0"));
    CHECK (board.find (std::to_string (JobBoard::mostEnded + 9)));
}

TEST_CASE ("Ids that the engine chooses differ", "[engine][server]")
{
    const auto one = JobBoard::newId(), other = JobBoard::newId();
    CHECK (one != other);
    CHECK (one.size() == std::string ("job-").size() + 32);
    CHECK (one.substr (4, 16) != other.substr (4, 16)); // nobody can guess the next one
    CHECK (one.substr (20) != other.substr (20));
}
