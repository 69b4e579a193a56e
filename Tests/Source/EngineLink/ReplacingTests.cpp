// SPDX-License-Identifier: Apache-2.0
// Who may start, end and replace an engine.
#include <csignal>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "Core/LockFile.h"
#include "FakeProcess.h"
#include "Support/FakeEngine.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
/** An engine of the version 0.0.1 that runs already. */
void startOther (const FakeProcess& process)
{
    const StopSignal stop;
    auto options = process.options();
    options.version = "0.0.1";
    Supervisor other (options);
    REQUIRE (other.ensureRunning (stop).value().engineVersion == "0.0.1");
    REQUIRE (process.starts() == 1);
}

void nextIs (const char* faults)
{
    ::setenv ("TABLEREAD_FAKE", faults, 1);
}

/** A child with this very id, which waits; -1 if this process may not choose it. */
pid_t childWithId (pid_t id)
{
    struct // of clone3(2), as far as it is needed
    {
        std::uint64_t flags, pidfd, child, parent, signal, stack, stackSize, tls, ids, count;
    } wanted {};
    wanted.signal = SIGCHLD;
    wanted.ids = reinterpret_cast<std::uint64_t> (&id);
    wanted.count = 1;
    const auto child = (pid_t)::syscall (SYS_clone3, &wanted, sizeof (wanted));
    if (child == 0)
        while (true)
            ::pause();
    return child;
}
} // namespace

TEST_CASE ("Of many programs that need an engine at the same moment one starts it",
           "[source][enginelink][threads]")
{
    const FakeProcess process ("load-ms=50");
    const StopSignal stop;
    std::vector<std::thread> programs;
    programs.reserve (8);
    std::atomic<int> served { 0 };
    for (int i = 0; i < 8; ++i)
        programs.emplace_back ([&] {
            Supervisor supervisor (process.options());
            served += supervisor.ensureRunning (stop).has_value();
        });
    for (auto& program : programs)
        program.join();
    CHECK (served == 8);
    CHECK (process.starts() == 1);
}

TEST_CASE ("While another program starts the engine it is waited for", "[source][enginelink]")
{
    const FakeProcess process;
    const StopSignal stop;
    auto options = process.options();
    options.startLimit = 200ms;
    std::optional<LockFile> theirs;
    theirs = LockFile::take (process.socket().string() + ".starting").value();
    REQUIRE (theirs);
    Supervisor supervisor (options);
    CHECK_THAT (supervisor.ensureRunning (stop).error().message,
                Catch::StartsWith ("the engine did not answer"));
    CHECK (process.starts() == 0);
    theirs.reset();
    options.startLimit = 60s;
    Supervisor next (options);
    CHECK (next.ensureRunning (stop));
    CHECK (process.starts() == 1);
    CHECK (LockFile::take (process.socket().string() + ".starting").value()); // it was held only meanwhile
}

TEST_CASE ("An idle engine of another version is replaced", "[source][enginelink]")
{
    const FakeProcess process ("version=0.0.1");
    startOther (process);
    nextIs ("");
    const StopSignal stop;
    std::vector<StartProgress::Step> steps;
    auto options = process.options();
    options.onProgress = [&] (const StartProgress& progress) { steps.push_back (progress.step); };
    Supervisor supervisor (options);
    CHECK (supervisor.ensureRunning (stop).value().engineVersion == ownVersion());
    CHECK (process.starts() == 2);
    CHECK (std::count (steps.begin(), steps.end(), StartProgress::Step::Replacing) > 0);
}

TEST_CASE ("An engine of another version is used where replacing it is wrong", "[source][enginelink]")
{
    const FakeProcess process ("version=0.0.1");
    const StopSignal stop;
    auto options = process.options();
    bool mayReplace = true;
    SECTION ("it is busy")
    {
        nextIs ("version=0.0.1;says-busy");
        startOther (process);
    }
    SECTION ("a line was begun with it")
    {
        startOther (process);
        mayReplace = false;
    }
    SECTION ("there is no engine of this version to start")
    {
        startOther (process);
        options.search.setting = "/nowhere/tableread-fake-engine";
    }
    SECTION ("the program has another name, as that of a proxy or of systemd has")
    {
        startOther (process);
        options.search.setting = "/bin/true";
    }
    SECTION ("it does not hold the lock")
    {
        startOther (process);
        std::filesystem::remove (process.socket().string() + ".lock");
    }
    nextIs ("");
    Supervisor supervisor (options);
    CHECK (supervisor.ensureRunning (stop, mayReplace).value().engineVersion == "0.0.1");
    CHECK (process.starts() == 1);
}

TEST_CASE ("Two versions do not replace each other's engines in turns", "[source][enginelink]")
{
    const FakeProcess process ("version=0.0.1");
    startOther (process); // and every engine that is started is of that version
    const StopSignal stop;
    Supervisor supervisor (process.options());
    CHECK (supervisor.ensureRunning (stop).value().engineVersion == "0.0.1");
    CHECK (process.starts() == 2);
    CHECK (supervisor.ensureRunning (stop));
    process.kill();
    CHECK (supervisor.ensureRunning (stop));
    CHECK (supervisor.ensureRunning (stop));
    CHECK (process.starts() == 3);
    process.kill();
    auto theirs = process.options();
    theirs.version = "0.0.1";
    Supervisor other (theirs);
    REQUIRE (other.ensureRunning (stop));
    CHECK (supervisor.ensureRunning (stop)); // it is not ours, but what we would start is no better
    CHECK (process.starts() == 4);
}

TEST_CASE ("A busy engine that says that it lives is never ended", "[source][enginelink]")
{
    CHECK (Supervisor::Options {}.hangLimit == 60s);
    CHECK (Client::Timeouts {}.silence == 60s);
    const FakeProcess process ("deaf-after=1");
    StopSignal stop;
    auto options = process.options();
    options.hangLimit = 1500ms;
    options.timeouts.health = 200ms;
    Supervisor supervisor (options);
    REQUIRE (supervisor.ensureRunning (stop));
    std::thread later ([&] {
        std::this_thread::sleep_for (4s);
        stop.raise();
    });
    CHECK (supervisor.ensureRunning (stop).error().code == ErrorCode::Cancelled);
    later.join();
    CHECK (Client (process.socket()).isAlive());
}

TEST_CASE ("An engine that somebody else has started is not ended", "[source][enginelink]")
{
    const FakeProcess process;
    const StopSignal stop;
    auto options = process.options();
    options.hangLimit = 2s;
    options.endLimit = 100ms;
    options.timeouts.health = 500ms;
    Supervisor theirs (options), ours (options);
    REQUIRE (theirs.ensureRunning (stop));
    process.freeze();
    CHECK_THAT (ours.ensureRunning (stop).error().message, Catch::StartsWith ("the engine hangs"));
    process.thaw();
    CHECK (ours.ensureRunning (stop));
    CHECK (process.starts() == 1);
}

TEST_CASE ("A start shows how far it is", "[source][enginelink]")
{
    const FakeProcess process ("load-ms=1500");
    const StopSignal stop;
    auto options = process.options();
    std::vector<StartProgress> all;
    options.onProgress = [&] (const StartProgress& progress) { all.push_back (progress); };
    Supervisor supervisor (options);
    REQUIRE (supervisor.ensureRunning (stop));
    REQUIRE (all.size() > 2);
    CHECK (std::any_of (all.begin(), all.end(),
                        [] (const auto& each) { return each.step == StartProgress::Step::Starting; }));
    CHECK (all.back().step == StartProgress::Step::Loading);
    CHECK (all.back().bytes == 53'000'000);
    CHECK (all.back().model == "tones");
    CHECK (all.back().elapsed > 100ms);
    CHECK (all.back().elapsed < 60s);
}

TEST_CASE ("An engine is told to end before it is killed", "[source][enginelink]")
{
    const TemporaryFolder folder;
    const auto start = [&] (const std::string& trap, const char* log) {
        return EngineProcess::start (
                   "/bin/sh", { "-c", "trap " + trap + " TERM; echo up; while :; do sleep 0.01; done" },
                   folder.path() / log)
            .value();
    };
    const auto begun = std::chrono::steady_clock::now();
    auto polite = start ("'exit 5'", "polite"), stubborn = start ("''", "stubborn");
    while (polite.lastWords() != "up" || stubborn.lastWords() != "up") // their traps are set
        std::this_thread::sleep_for (1ms);
    polite.endIt (30s);
    CHECK (polite.ended() == "exit code 5");
    stubborn.endIt (200ms);
    CHECK (stubborn.ended() == "signal 9 (Killed)");
    CHECK (std::chrono::steady_clock::now() - begun < 20s);
}

TEST_CASE ("An engine may begin its log anew, and is told so", "[source][enginelink]")
{
    const TemporaryFolder folder;
    const auto log = folder.path() / "log";
    auto engine =
        EngineProcess::start (
            "/bin/sh", { "-c", "echo much; : > \"$0\"; echo little $TABLEREAD_OWN_LOG", log.string() }, log)
            .value();
    while (! engine.ended())
        std::this_thread::sleep_for (1ms);
    CHECK (engine.lastWords() == "little 1");
    CHECK (std::filesystem::file_size (log) == 9); // there is no hole before it
}

TEST_CASE ("A process that has got an engine's id is not ended in its place", "[source][enginelink]")
{
    const TemporaryFolder folder;
    auto engine = EngineProcess::start ("/bin/sleep", { "100" }, folder.path() / "log").value();
    const auto id = engine.id();
    ::kill (id, SIGKILL);
    ::waitpid (id, nullptr, 0); // as a host does that waits for all of its children
    const auto stranger = childWithId (id);
    if (stranger != id)
    {
        WARN ("this process may not choose ids, so the case was not tried");
        return;
    }
    engine.endIt (100ms);
    CHECK (engine.ended() == "an end that the host saw and we did not");
    std::this_thread::sleep_for (50ms);                  // else a signal is still on its way
    CHECK (::waitpid (stranger, nullptr, WNOHANG) == 0); // it lives
    ::kill (stranger, SIGKILL);
    ::waitpid (stranger, nullptr, 0);
}
