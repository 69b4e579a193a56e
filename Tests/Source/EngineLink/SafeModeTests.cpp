// SPDX-License-Identifier: Apache-2.0
// What counts as a failed start, besides an engine that ends.
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "FakeProcess.h"

using namespace tableread;
using namespace tableread::test;

TEST_CASE ("A mistake in the settings file leads to safe mode, which does without the file",
           "[source][enginelink][errors]")
{
    const FakeProcess process;
    const auto settings = process.path() / "settings.toml";
    std::ofstream (settings) << "devise = \"cpu\"\n";
    std::filesystem::permissions (settings, std::filesystem::perms (0600));
    std::filesystem::create_symlink (TABLEREAD_FAKE_ENGINE, process.path() / "tableread-engine");
    auto options = process.options();
    options.search.setting.clear();
    options.search.pathVariable = process.path().string();
    options.search.settings = { settings, {}, {} };
    const StopSignal stop;
    Supervisor supervisor (options);
    for (int i = 0; i < 2; ++i)
    {
        CHECK_THAT (supervisor.ensureRunning (stop).error().text(),
                    Catch::Contains ("settings.toml:1: devise is not a setting. Did you mean device?"));
        CHECK_FALSE (supervisor.safeMode());
    }
    CHECK_THAT (supervisor.ensureRunning (stop).error().message,
                Catch::Contains ("Did you mean device? It failed to start 3 times in a row"));
    REQUIRE (supervisor.safeMode());
    CHECK (supervisor.safeMode()->log.empty());
    CHECK (process.starts() == 0);
    supervisor.tryAgain (true);
    CHECK (supervisor.ensureRunning (stop));
    CHECK (process.starts() == 1);

    process.kill();
    options.search.setting = "/nowhere/engine";
    supervisor.setProgram (options.search.setting); // which is not kept to the embedded model
    CHECK (supervisor.ensureRunning (stop).error().code == ErrorCode::NotFound);
    supervisor.setProgram ({});
    CHECK_THAT (supervisor.ensureRunning (stop).error().text(), Catch::Contains ("devise"));
}

TEST_CASE ("A program that the system does not start leads to safe mode too", "[source][enginelink][errors]")
{
    const FakeProcess process;
    auto options = process.options();
    options.search.setting = process.path() / "engine";
    std::ofstream (options.search.setting) << "\x7f"
                                              "ELF, but only nearly";
    std::filesystem::permissions (options.search.setting, std::filesystem::perms (0700));
    const StopSignal stop;
    Supervisor supervisor (options);
    for (int i = 0; i < 2; ++i)
        CHECK_THAT (supervisor.ensureRunning (stop).error().message,
                    Catch::StartsWith ("the engine cannot be started: "));
    CHECK_FALSE (supervisor.safeMode());
    CHECK_THAT (supervisor.ensureRunning (stop).error().message, Catch::Contains ("3 times in a row"));
    CHECK (supervisor.safeMode());
}
