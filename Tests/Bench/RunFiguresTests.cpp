// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "Bench/ProcessWatch.h"
#include "Bench/RunFigures.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
const Clock::time_point end = Clock::time_point() + std::chrono::seconds (10);

LineResult done (int secondsBeforeTheEnd)
{
    LineResult result;
    result.end = LineResult::End::Done;
    result.ended = end - std::chrono::seconds (secondsBeforeTheEnd);
    result.bytesInTime = 150;
    result.bytesCounted = 100;
    return result;
}
} // namespace

TEST_CASE ("Percentiles are values that were measured", "[bench][figures]")
{
    std::vector<double> values;
    for (int i = 200; i >= 1; --i)
        values.push_back (i);
    const auto many = percentilesOf (values);
    CHECK (many.count == 200);
    CHECK (many.p50 == 100);
    CHECK (many.p95 == 190);
    CHECK (many.p99 == 198);
    CHECK (many.most == 200);

    const auto few = percentilesOf ({ 3, 1, 2 });
    CHECK (few.p50 == 2);
    CHECK (few.p95 == 3);
    CHECK (few.p99 == 3);
    CHECK (percentilesOf ({ 7 }).p50 == 7);
    CHECK (percentilesOf ({}).count == 0);
}

TEST_CASE ("The least and the most jobs of a client are those done in time", "[bench][figures]")
{
    Tally tally ({ 3, 10, 0.01, end });
    for (const int client : { 0, 1, 0, 1, 0 })
        tally.add (client, "a line", done (1));
    tally.add (2, "a line", done (0)); // too late
    const auto figures = tally.figures();
    CHECK (figures.done == 6);
    CHECK (figures.doneInTime == 5);
    CHECK (figures.mostJobs == 3);
    CHECK (figures.leastJobs == 0);
    CHECK (figures.unheard == 0); // it heard something
    CHECK (figures.audioPerSecond == Approx (0.6));
    CHECK (figures.isGood());
}

TEST_CASE ("A client that nobody served is counted", "[bench][figures]")
{
    Tally tally ({ 3, 10, 0.01, end });
    tally.add (0, "a line", done (1));
    LineResult waited;
    waited.busy = 7;
    waited.firstAudioMs = 9'000;
    tally.add (1, "a line", waited);
    const auto figures = tally.figures();
    CHECK (figures.unheard == 2);
    CHECK (figures.unfinished == 1);
    CHECK (figures.busy == 7);
    CHECK (figures.firstAudioMs.most == 9'000);
    CHECK (figures.isGood()); // what is too slow is for the reader to decide
}

TEST_CASE ("A run is not good with a difference, an error, or nothing done", "[bench][figures]")
{
    Tally tally ({ 1, 10, 0.01, end });
    CHECK_FALSE (tally.figures().isGood());
    tally.add (0, "a line", done (1));
    CHECK (tally.figures().isGood());
    SECTION ("a difference")
    {
        auto other = done (1);
        other.differsAt = 12;
        tally.add (0, "the other line", other);
        tally.add (0, "a line", other);
        CHECK (tally.figures().differing == 2);
        CHECK (tally.figures().difference == "the other line, client 0, byte 12");
    }
    SECTION ("errors, by their kind")
    {
        LineResult failed;
        failed.end = LineResult::End::Failed;
        failed.fault = "status 422 (unsupported)";
        failed.example = "the first";
        tally.add (0, "a line", failed);
        failed.example = "the second";
        tally.add (0, "a line", failed);
        tally.addFault ("/health: status 500", {});
        CHECK (tally.figures().errors() == 3);
        const auto faults = tally.figures().faults;
        REQUIRE (faults.size() == 2);
        CHECK (faults.at ("status 422 (unsupported)").count == 2);
        CHECK (faults.at ("status 422 (unsupported)").example == "the first");
    }
    CHECK_FALSE (tally.figures().isGood());
}

TEST_CASE ("A process is watched before, under and after a load", "[bench][figures]")
{
    ProcessWatch watch (::getpid());
    const int pipeEnd = ::open ("/dev/null", O_RDONLY | O_CLOEXEC);
    const int other = ::open ("/dev/null", O_RDONLY | O_CLOEXEC);
    watch.sample();
    ::close (pipeEnd);
    ::close (other);
    const auto figures = watch.settled();
    CHECK (figures.most.descriptors == figures.before.descriptors + 2);
    CHECK (figures.after.descriptors == figures.before.descriptors);
    CHECK (figures.before.threads >= 1);
    CHECK (figures.before.residentBytes > 1'000'000);
    CHECK_FALSE (figures.isGone);
    CHECK (toJson (figures)["most"]["descriptors"] == figures.most.descriptors);
}

TEST_CASE ("A descriptor that stays open is found, and a process that is not there refused",
           "[bench][figures]")
{
    ProcessWatch watch (::getpid());
    const int open = ::open ("/dev/null", O_RDONLY | O_CLOEXEC);
    const auto figures = watch.settled();
    ::close (open);
    CHECK (figures.after.descriptors == figures.before.descriptors + 1);
    CHECK (failureOf ([] { const ProcessWatch none (0); }).code == ErrorCode::NotFound);
}

TEST_CASE ("A process that has ended is gone, although its parent has not asked for it", "[bench][figures]")
{
    const int child = ::fork();
    if (child == 0)
    {
        ::alarm (60); // should the test fail
        for (;;)
            ::pause();
    }
    ProcessWatch watch (child);
    ::kill (child, SIGKILL);
    siginfo_t info {};
    REQUIRE (::waitid (P_PID, static_cast<id_t> (child), &info, WEXITED | WNOWAIT) == 0);
    watch.sample();
    CHECK (watch.settled().isGone);
    REQUIRE (::waitpid (child, nullptr, 0) == child);
}
