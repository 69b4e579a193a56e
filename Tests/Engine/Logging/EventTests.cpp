// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <sstream>

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>

#include "Logging/Event.h"
#include "Logging/Logging.h"

using namespace tableread::engine;
using Catch::Contains;

namespace
{
/** What is logged meanwhile. */
std::string logged (const Logging::Options& options, const std::function<void()>& work)
{
    std::ostringstream out;
    {
        const Logging logging (std::make_unique<StreamOutput> (out), options);
        work();
    }
    return out.str();
}
} // namespace

TEST_CASE ("An event has fields, in quotes where they need them", "[engine][logging]")
{
    const auto line = logged ({}, [] {
        LogEvent (spdlog::level::warn, "ended")
            .with ("job", "job-1")
            .with ("client", "process 4711")
            .with ("said", "a \"b\" \\ c\nd\x1b[2J")
            .with ("empty", "")
            .with ("frames", 5)
            .with ("seed", std::uint64_t { 18'446'744'073'709'551'615u })
            .with ("ms", 1.23456)
            .write();
    });
    CHECK_THAT (line, Contains ("[engine] [warning] event=ended job=job-1 client=\"process 4711\" "
                                "said=\"a \\\"b\\\" \\\\ c\\nd?[2J\" empty=\"\" frames=5 "
                                "seed=18446744073709551615 ms=1.235\n"));
}

TEST_CASE ("What is below the level is not logged", "[engine][logging]")
{
    const auto work = [] {
        LogEvent (spdlog::level::debug, "request").with ("path", "/health").write();
        LogEvent (spdlog::level::info, "ended").write();
        LogEvent (spdlog::level::err, "failed").write();
    };
    const auto text = logged ({ .level = "info" }, work);
    CHECK_THAT (text, ! Contains ("request") && Contains ("ended") && Contains ("[error] event=failed"));
    CHECK_THAT (logged ({ .level = "debug" }, work), Contains ("[debug] event=request path=/health"));
    CHECK_THAT (logged ({ .level = "error" }, work), ! Contains ("ended") && Contains ("failed"));
}

TEST_CASE ("Texts and recordings are logged as hashes unless asked", "[engine][logging]")
{
    const std::string secret = "To be, or not to be.";
    const auto work = [&] {
        LogEvent (spdlog::level::info, "accepted").with ("text", asLogged (secret)).write();
        spdlog::warn ("{}", asLogged ("voice \"Ada\": ada.wav is mono.", { "ada.wav", "\"Ada\"" }));
    };
    const auto hashed = logged ({}, work);
    CHECK_THAT (hashed, ! Contains ("To be") && ! Contains ("ada.wav") && ! Contains ("Ada"));
    CHECK_THAT (hashed, Contains ("text=#") && Contains ("is mono."));
    const auto hash = hashed.substr (hashed.find ("text=#") + 6, 16);
    CHECK (hash.find_first_not_of ("0123456789abcdef") == std::string::npos);
    CHECK_THAT (logged ({}, work), Contains (hash)); // the same text, the same hash
    const auto plain = logged ({ .texts = true }, work);
    CHECK_THAT (plain, Contains ("text=\"To be, or not to be.\"") && Contains ("\"Ada\": ada.wav is mono."));
    CHECK_FALSE (logsTexts()); // with the log that was asked for them
}
