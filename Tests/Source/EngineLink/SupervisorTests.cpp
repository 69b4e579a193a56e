// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "FakeProcess.h"
#include "Support/FakeEngine.h"
#include "Support/RawServer.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
/** A whole answer to any request. */
std::string answerOf (const std::string& body)
{
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string (body.size()) +
           "\r\n\r\n" + body;
}
} // namespace

TEST_CASE ("An engine is started when none runs, and the one that runs is used", "[source][enginelink]")
{
    const FakeProcess process ("load-ms=100");
    const StopSignal stop;
    Supervisor first (process.options()), second (process.options());
    const auto health = first.ensureRunning (stop);
    REQUIRE (health);
    CHECK (health->model == "tones");
    CHECK (second.ensureRunning (stop));
    CHECK (first.ensureRunning (stop));
    CHECK (process.starts() == 1);

    process.kill();
    CHECK (second.ensureRunning (stop)); // it did not start the one that died
    CHECK (process.starts() == 2);
}

TEST_CASE ("An engine that never opens its socket ends with who has started it, and one that does goes on",
           "[source][enginelink]")
{
    const FakeProcess process;
    auto options = process.options();
    pid_t id = 0;
    const StopSignal stop;
    SECTION ("it sleeps")
    {
        const auto program = process.path() / "sleeps", started = process.path() / "started";
        std::ofstream (program) << "#!/bin/sh\necho $$ > '" << started.string() << "'\nexec sleep 600\n";
        std::filesystem::permissions (program, std::filesystem::perms::owner_all);
        options.search.setting = program;
        std::optional<Supervisor> supervisor (std::in_place, options);
        StopSignal soon;
        std::thread waiting ([&] { CHECK_FALSE (supervisor->ensureRunning (soon)); });
        while (! (std::ifstream (started) >> id))
            std::this_thread::sleep_for (1ms);
        soon.raise();
        waiting.join();
        CHECK (::kill (id, 0) == 0); // it may still be asked for again
        supervisor.reset();
        CHECK (::kill (id, 0) != 0);
    }
    SECTION ("it answers")
    {
        REQUIRE (Supervisor (options).ensureRunning (stop));
        CHECK (Supervisor (options).ensureRunning (stop));
        CHECK (process.starts() == 1);
    }
}

TEST_CASE ("An engine that dies while it is asked is replaced in the same attempt", "[source][enginelink]")
{
    const FakeProcess process;
    std::optional<RawServer> dying (std::in_place, process.socket(), ""); // hangs up on each call
    std::thread other ([&] {
        while (dying->calls() < 3)
            std::this_thread::sleep_for (1ms);
        dying.reset();
    });
    const StopSignal stop;
    Supervisor supervisor (process.options());
    const auto health = supervisor.ensureRunning (stop);
    other.join();
    CHECK (health);
    CHECK (process.starts() == 1);
}

TEST_CASE ("The engine has a session of its own and none of the host's files", "[source][enginelink]")
{
    const FakeProcess process;
    const int secret = ::open ("/dev/zero", O_RDONLY); // without close-on-exec, as many hosts do
    const StopSignal stop;
    Supervisor supervisor (process.options());
    REQUIRE (supervisor.ensureRunning (stop));
    std::ifstream file (process.path() / "engine.pids");
    pid_t id = 0;
    file >> id;
    CHECK (::getsid (id) == id);
    int inherited = 0;
    for (const auto& entry : std::filesystem::directory_iterator ("/proc/" + std::to_string (id) + "/fd"))
    {
        std::error_code gone;
        inherited += std::filesystem::read_symlink (entry.path(), gone) == "/dev/zero";
    }
    ::close (secret);
    CHECK (inherited == 0);
}

TEST_CASE ("Signals that the host blocks or ignores still end the engine", "[source][enginelink]")
{
    sigset_t blocked, before;
    sigemptyset (&blocked);
    sigaddset (&blocked, SIGTERM);
    ::pthread_sigmask (SIG_BLOCK, &blocked, &before);
    const auto ended = std::signal (SIGHUP, SIG_IGN);
    const FakeProcess process;
    const StopSignal stop;
    Supervisor supervisor (process.options());
    const auto running = supervisor.ensureRunning (stop);
    std::signal (SIGHUP, ended);
    ::pthread_sigmask (SIG_SETMASK, &before, nullptr);
    REQUIRE (running);
    std::ifstream file (process.path() / "engine.pids");
    pid_t id = 0;
    file >> id;
    const auto has = [id] (const std::string& field, int signal) {
        std::ifstream status ("/proc/" + std::to_string (id) + "/status");
        for (std::string name, value; status >> name && std::getline (status, value);)
            if (name == field)
                return (std::stoull (value, nullptr, 16) >> (signal - 1) & 1) != 0;
        throw std::runtime_error ("no " + field);
    };
    CHECK_FALSE (has ("SigBlk:", SIGTERM));
    CHECK_FALSE (has ("SigIgn:", SIGHUP));
}

TEST_CASE ("An engine that does not come up is reported with its last words", "[source][enginelink]")
{
    const FakeProcess process ("exit");
    const StopSignal stop;
    Supervisor supervisor (process.options());
    const auto health = supervisor.ensureRunning (stop);
    REQUIRE_FALSE (health);
    CHECK (health.error().code == ErrorCode::Io);
    CHECK (health.error().message ==
           "the engine ended with exit code 3. Its last words: the tones are out of tune");
}

TEST_CASE ("An engine of ours that hangs is replaced", "[source][enginelink]")
{
    const FakeProcess process;
    const StopSignal stop;
    auto options = process.options();
    options.hangLimit = 2s;
    options.endLimit = 500ms;
    options.timeouts.health = 1s;
    Supervisor supervisor (options);
    REQUIRE (supervisor.ensureRunning (stop));
    process.freeze();
    const auto hanging = supervisor.ensureRunning (stop);
    REQUIRE_FALSE (hanging);
    CHECK_THAT (hanging.error().message, Catch::StartsWith ("the engine hangs"));
    CHECK (supervisor.ensureRunning (stop));
    CHECK (process.starts() == 2);
}

TEST_CASE ("A missing engine, another version and a request to stop end the wait", "[source][enginelink]")
{
    const FakeProcess process ("load-ms=60000");
    StopSignal stop;
    auto options = process.options();
    SECTION ("missing")
    {
        options.search.setting = "/nowhere/tableread-engine";
        CHECK (Supervisor (options).ensureRunning (stop).error().code == ErrorCode::NotFound);
    }
    SECTION ("another version")
    {
        FakeFaults faults;
        faults.protocol = 2;
        const FakeEngine engine (process.socket(), faults);
        const auto health = Supervisor (options).ensureRunning (stop);
        REQUIRE_FALSE (health);
        CHECK (health.error().code == ErrorCode::Unsupported);
        CHECK_THAT (health.error().message, Catch::Contains ("speaks protocol 2, this program speaks 1"));
    }
    SECTION ("another version, whose words are other ones")
    {
        const RawServer engine (process.socket(),
                                answerOf (R"({"protocol": 3, "status": {}, "seats": "many"})"));
        const auto health = Supervisor (options).ensureRunning (stop);
        REQUIRE_FALSE (health);
        CHECK (health.error().code == ErrorCode::Unsupported);
        CHECK_THAT (health.error().message, Catch::Contains ("speaks protocol 3, this program speaks 1"));
    }
    SECTION ("what is no engine")
    {
        const RawServer engine (process.socket(), answerOf ("<html>It works!</html>"));
        const auto health = Supervisor (options).ensureRunning (stop);
        REQUIRE_FALSE (health);
        CHECK (health.error().code == ErrorCode::Unsupported);
        CHECK_THAT (health.error().message,
                    Catch::StartsWith ("what answers there is no engine that this program understands"));
    }
    SECTION ("a request to stop")
    {
        std::thread other ([&] {
            std::this_thread::sleep_for (100ms);
            stop.raise();
        });
        const auto begun = std::chrono::steady_clock::now();
        Supervisor supervisor (options);
        CHECK (supervisor.ensureRunning (stop).error().code == ErrorCode::Cancelled);
        CHECK (std::chrono::steady_clock::now() - begun < 30s);
        other.join();
    }
}
