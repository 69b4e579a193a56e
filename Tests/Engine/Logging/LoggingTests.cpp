// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>

#include "Logging/DescriptorOutput.h"
#include "Logging/Event.h"
#include "Logging/Logging.h"
#include "Support/Failure.h"
#include "Support/Pipe.h"
#include "Support/TemporaryFolder.h"

using namespace tableread::engine;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace
{
std::string contentOf (const std::filesystem::path& file)
{
    std::ifstream in (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (in), {} };
}
} // namespace

TEST_CASE ("Standard error has sentences, the file has fields", "[engine][logging]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "engine.log";
    std::ostringstream out;
    {
        const Logging logging (std::make_unique<StreamOutput> (out), { .file = file });
        spdlog::warn ("The model is \"odd\".\nReally.");
        LogEvent (spdlog::level::info, "ended").with ("job", "job-1").write();
    }
    CHECK_THAT (out.str(), Contains ("[engine] [warning] The model is \"odd\".?Really.\n") &&
                               Contains ("[info] event=ended job=job-1\n"));
    const std::regex lines (
        "time=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z level=warning event=note "
        "message=\"The model is \\\\\"odd\\\\\".\\?Really.\"\n"
        "time=\\S+Z level=info event=ended job=job-1\n");
    CAPTURE (contentOf (file));
    CHECK (std::regex_match (contentOf (file), lines));
}

TEST_CASE ("A standard error that nobody reads does not keep lines from the file",
           "[engine][logging][errors]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "engine.log";
    Pipe pipe;
    pipe.fill();
    const auto begin = std::chrono::steady_clock::now();
    {
        const Logging logging (std::make_unique<DescriptorOutput> (pipe.writer()), { .file = file });
        for (int i = 0; i < 900; ++i)
            spdlog::info ("sentence {}", i);
    }
    CHECK (std::chrono::steady_clock::now() - begin < 5s);
    CHECK_THAT (contentOf (file),
                Contains ("message=\"sentence 0\"") && Contains ("message=\"sentence 899\""));
}

TEST_CASE ("Lost lines are told with the number of them", "[engine][logging][errors]")
{
    Pipe pipe;
    pipe.fill();
    const Logging logging (std::make_unique<DescriptorOutput> (pipe.writer()),
                           { .channel = { .lines = 10 } });
    spdlog::info ("first");
    std::this_thread::sleep_for (100ms); // the thread has it in its hand
    for (int i = 0; i < 30; ++i)
        spdlog::info ("later {}", i);
    const auto text = pipe.read ("later 29");
    CHECK_THAT (text, Contains ("] first\n") && Contains ("[warning] event=lost lines=20\n") &&
                          ! Contains ("later 19\n") && Contains ("later 20\n"));
}

TEST_CASE ("A log that cannot be written is an error at once", "[engine][logging][errors]")
{
    const TemporaryFolder folder;
    const auto problem = [&] (const std::filesystem::path& file) {
        std::ostringstream out;
        return failureOf ([&] { Logging (std::make_unique<StreamOutput> (out), { .file = file }); });
    };
    CHECK (problem (folder.path() / "nowhere" / "x.log").code == tableread::ErrorCode::NotFound);
    CHECK (problem (folder.path()).code == tableread::ErrorCode::InvalidInput);
    CHECK (problem ("/dev/null").code == tableread::ErrorCode::InvalidInput);
    std::filesystem::create_symlink (folder.path() / "a", folder.path() / "link");
    CHECK_THAT (problem (folder.path() / "link").message, Contains ("not a link"));
}
