// SPDX-License-Identifier: Apache-2.0
// Two processes with one store, on a file system without locks, one of which is killed.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>

#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "StoreFixture.h"

namespace
{
std::atomic<int> lockCalls { 0 };

int refuseLock()
{
    ++lockCalls;
    errno = ENOLCK;
    return -1;
}
} // namespace

// These take the place of the C library's in this program: no lock can be had, and who asks for one is counted.
extern "C" int refuseFlock (int, int) __asm__("flock"); // by another name, as flock is also a struct's
extern "C" int refuseFlock (int, int)
{
    return refuseLock();
}

extern "C" int lockf (int, int, off_t)
{
    return refuseLock();
}

extern "C" int fcntl (int descriptor, int command, ...)
{
    std::va_list rest;
    va_start (rest, command);
    const auto argument = va_arg (rest, long);
    va_end (rest);
    switch (command)
    {
        case F_GETLK:
        case F_SETLK:
        case F_SETLKW:
        case F_OFD_GETLK:
        case F_OFD_SETLK:
        case F_OFD_SETLKW:
            return refuseLock();
        default:
            return static_cast<int> (::syscall (SYS_fcntl, descriptor, command, argument));
    }
}

using namespace tableread;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
constexpr std::uint64_t takesOfRound = 16;
constexpr std::size_t samplesOfTake = 5'000;

std::vector<float> samplesOf (std::uint64_t seed)
{
    return seed % 2 == 0 ? takeSamples (seed, samplesOfTake) : takeSteps (seed, samplesOfTake);
}

/** Puts the takes of a round, and says so of each. */
[[noreturn]] void putAll (const TakeStore& store, std::uint64_t first, int acknowledge)
{
    for (auto seed = first; seed < first + takesOfRound; ++seed)
    {
        const auto put = store.put (takeRequest (seed), Take::Ending::Whole, samplesOf (seed));
        if (! put || ::write (acknowledge, &seed, sizeof seed) != sizeof seed)
            ::_exit (1);
    }
    ::_exit (lockCalls == 0 ? 0 : 2);
}

pid_t startPutting (const TakeStore& store, std::uint64_t first, int acknowledge)
{
    const auto child = ::fork();
    REQUIRE (child >= 0);
    if (child == 0)
        putAll (store, first, acknowledge);
    return child;
}
} // namespace

TEST_CASE ("Two processes with one store lose nothing when one is killed, without any lock",
           "[source][take][store][stop]")
{
    REQUIRE (::flock (0, 0) == -1);
    REQUIRE (::fcntl (0, F_SETLK, nullptr) == -1);
    lockCalls = 0;

    StoreFixture fixture;
    int ends[2];
    REQUIRE (::pipe (ends) == 0);
    std::vector<std::uint64_t> acknowledged;
    constexpr std::uint64_t rounds = 5;
    for (std::uint64_t round = 0; round < rounds; ++round)
    {
        const auto first = round * takesOfRound;
        const auto killed = startPutting (fixture.store, first, ends[1]);
        const auto other = startPutting (TakeStore (fixture.options), first, ends[1]); // the same takes
        for (std::uint64_t i = 0; i < 4 + 3 * round; ++i)
        {
            std::uint64_t seed = 0;
            REQUIRE (::read (ends[0], &seed, sizeof seed) == sizeof seed);
            acknowledged.push_back (seed);
        }
        ::kill (killed, SIGKILL);
        int status = 0;
        REQUIRE (::waitpid (killed, &status, 0) == killed);
        REQUIRE (::waitpid (other, &status, 0) == other);
        CHECK (status == 0);
        for (auto seed = first; seed < first + takesOfRound; ++seed)
            acknowledged.push_back (seed); // by the other one
    }
    ::close (ends[0]);
    ::close (ends[1]);

    REQUIRE (fixture.store.tidy());
    for (const auto& file : fixture.files())
        CHECK_FALSE (isPendingName (file));
    CHECK_FALSE (fs::exists (fixture.options.folder / "damaged"));
    CHECK (fixture.store.list().value().size() == rounds * takesOfRound);
    CHECK (fixture.files().size() == 2 * rounds * takesOfRound);
    for (const auto seed : acknowledged)
    {
        const auto take = fixture.store.get (takeRequest (seed).key());
        REQUIRE (take);
        CHECK (sameBits (take->samples, samplesOf (seed)));
    }
    CHECK (lockCalls == 0);
}

TEST_CASE ("What a killed process has begun is removed at once on its machine, and not before on others",
           "[source][take][store][stop]")
{
    StoreFixture fixture;
    fixture.put (1);
    const auto folder = fixture.recordOf (takeRequest (1).key()).parent_path();
    const auto child = ::fork();
    REQUIRE (child >= 0);
    if (child == 0)
    {
        const auto begun = PendingFile::create (folder / "0.json");
        ::kill (::getpid(), SIGKILL);
    }
    REQUIRE (::waitpid (child, nullptr, 0) == child);
    const auto mine = PendingFile::create (folder / "0.json");
    const auto theirs = folder / "0.json.0a1b2c3d-1-89abcdef.part";
    REQUIRE (fs::copy_file (fixture.recordOf (takeRequest (1).key()), theirs));
    CHECK (fixture.files().size() == 5);
    REQUIRE (fixture.store.tidy());
    CHECK (fixture.files().size() == 4);
    CHECK (fs::exists (theirs));
    makeOld (theirs, 25);
    REQUIRE (fixture.store.tidy());
    CHECK_FALSE (fs::exists (theirs));
    CHECK (fixture.files().size() == 3);
    CHECK (fixture.store.get (takeRequest (1).key()));
}
