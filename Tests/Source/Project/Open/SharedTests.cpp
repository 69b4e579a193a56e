// SPDX-License-Identifier: Apache-2.0
// Two sessions in processes of their own with one store, where no lock can be had, and one of which is killed while it writes.
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "Source/Project/Open/SessionTakes.h"
#include "Source/Take/Store/StoreFixture.h"
#include "Support/Environment.h"
#include "Support/Program.h"

using namespace tableread;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
constexpr std::uint64_t takesOfRound = 12;

/** The session program, with the library that refuses locks before it. */
class SessionProcess
{
public:
    SessionProcess (const fs::path& store, const std::string& id, std::uint64_t first)
    {
        int ends[2];
        REQUIRE (::pipe2 (ends, O_CLOEXEC) == 0);
        output = ends[0];
        const Environment restored ({ "LD_PRELOAD", "ASAN_OPTIONS" });
        ::setenv ("LD_PRELOAD", TABLEREAD_NO_LOCKS, 1);
        ::setenv ("ASAN_OPTIONS", "verify_asan_link_order=0", 1); // which is not the first library then
        process = spawnWithLog (
            { TABLEREAD_SESSION, store.string(), id, std::to_string (first), std::to_string (takesOfRound) },
            {}, ends[1]);
        ::close (ends[1]);
    }
    ~SessionProcess() { ::close (output); }
    SessionProcess (const SessionProcess&) = delete;
    SessionProcess& operator= (const SessionProcess&) = delete;

    /** The next take that is kept; -1: the session is over. */
    std::int64_t next()
    {
        std::string line;
        for (char letter = 0; ::read (output, &letter, 1) == 1 && letter != '\n';)
            line += letter;
        return line.empty() ? -1 : std::stoll (line);
    }

    void kill() const { ::kill (process, SIGKILL); }

    int wait() const
    {
        int status = -1;
        REQUIRE (::waitpid (process, &status, 0) == process);
        return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
    }

private:
    pid_t process = -1;
    int output = -1;
};
} // namespace

TEST_CASE (
    "A session goes on, and no file is torn, though locks fail and another session is killed while it writes",
    "[source][project][open][stop]")
{
    StoreFixture fixture;
    constexpr std::uint64_t rounds = 6;
    std::vector<std::uint64_t> kept;
    const std::string victim (32, '1'), survivor (32, '2');
    for (std::uint64_t round = 0; round < rounds; ++round)
    {
        const auto first = round * takesOfRound;
        SessionProcess killed (fixture.options.folder, victim, first),
            other (fixture.options.folder, survivor, first); // the same takes
        for (std::uint64_t i = 0; i < 1 + round; ++i)
            if (const auto seed = killed.next(); seed >= 0)
                kept.push_back ((std::uint64_t) seed);
        killed.kill();
        CHECK (killed.wait() == -1);
        CHECK (other.wait() == 0);
        for (auto seed = first; seed < first + takesOfRound; ++seed)
            kept.push_back (seed);
    }
    REQUIRE (fixture.store.tidy());
    CHECK_FALSE (fs::exists (fixture.options.folder / "damaged"));
    for (const auto& file : fixture.files())
        CHECK_FALSE (isPendingName (file));
    for (const auto seed : kept)
    {
        const auto samples = samplesOfSession (seed);
        const auto read = fixture.store.load ({ contentHash (samples), { std::ssize (samples) } });
        REQUIRE (read);
        CHECK (sameBits (*read, samples));
    }
    const auto sessions = fixture.store.sessions();
    REQUIRE (sessions); // each is whole
    const auto listed = fixture.store.session (survivor);
    REQUIRE (listed);
    CHECK (listed->takes.size() == rounds * takesOfRound);
    CHECK (fixture.store.evict());
}
