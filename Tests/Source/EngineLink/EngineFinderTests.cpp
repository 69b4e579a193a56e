// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <catch2/catch.hpp>

#include "EngineLink/EngineFinder.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
namespace fs = std::filesystem;

namespace
{
fs::path program (const fs::path& file)
{
    fs::create_directories (file.parent_path());
    std::ofstream (file) << "#!/bin/sh\n";
    fs::permissions (file, fs::perms (0755));
    return file;
}
} // namespace

TEST_CASE ("The engine is found in the documented order", "[source][enginelink]")
{
    const test::TemporaryFolder folder;
    const auto& root = folder.path();
    EngineSearch search;
    search.binary = root / "lib/vst3/TableRead.vst3/Contents/x86_64-linux/TableRead.so";
    search.pathVariable = ":relative:" + (root / "path1").string() + ":" + (root / "path2").string();
    search.prefixes = { root / "prefix" };

    // The later a place comes in the order, the earlier it is filled here: each new one wins over those before.
    std::vector<fs::path> places { "prefix/bin",
                                   "path2",
                                   "path1",
                                   "lib/../bin",
                                   "lib/vst3",
                                   "lib/vst3/TableRead.vst3/Contents/Resources",
                                   "lib/vst3/TableRead.vst3/Contents/x86_64-linux" };
    for (const auto& place : places)
    {
        const auto placed = program (root / place / "tableread-engine");
        const auto found = findEngine (search);
        REQUIRE (found);
        CHECK (fs::equivalent (*found, placed));
    }
    search.settings = { root / "settings.toml", {}, {} };
    const auto ofFile = program (root / "other/engine-of-file");
    std::ofstream (search.settings.file) << "[engine]\npath = \"" << ofFile.string() << "\"\n";
    fs::permissions (search.settings.file, fs::perms (0600));
    CHECK (findEngine (search).value() == ofFile);
    search.environment = program (root / "other/engine-of-env");
    CHECK (findEngine (search).value() == search.environment);
    search.setting = program (root / "other/engine-of-setting");
    CHECK (findEngine (search).value() == search.setting);
}

TEST_CASE ("What decodes recordings lies beside the engine, or where one would", "[source][enginelink]")
{
    const test::TemporaryFolder folder;
    const auto& root = folder.path();
    EngineSearch search;
    search.binary = root / "lib/vst3/TableRead.vst3/Contents/x86_64-linux/TableRead.so";
    CHECK (findRecordingReader (search).empty());
    const auto installed = program (root / "bin/tableread-read-recording");
    CHECK (fs::equivalent (findRecordingReader (search), installed));
    search.setting = program (root / "engines/tableread-engine");
    CHECK (fs::equivalent (findRecordingReader (search), installed)); // that engine has none
    const auto besideEngine = program (root / "engines/tableread-read-recording");
    CHECK (findRecordingReader (search) == besideEngine);
}

TEST_CASE ("A mistake in the settings file is told and not skipped", "[source][enginelink][errors]")
{
    const test::TemporaryFolder folder;
    EngineSearch search;
    search.prefixes = { folder.path() / "prefix" };
    program (folder.path() / "prefix/bin/tableread-engine");
    search.settings = { folder.path() / "settings.toml", {}, {} };
    const auto problemWith = [&] (const std::string& text) {
        std::ofstream (search.settings.file) << text;
        fs::permissions (search.settings.file, fs::perms (0600));
        const auto found = findEngine (search);
        REQUIRE (! found);
        return found.error().text();
    };
    CHECK_THAT (problemWith ("[engine]\npaht = \"/x\"\n"),
                Catch::Contains ("settings.toml:2: engine.paht is not a setting. Did you mean path?"));
    CHECK_THAT (problemWith ("[engine]\npath = \"/not/there\"\n"),
                Catch::Contains ("/not/there: the engine that engine.path in the settings file names"));
}

TEST_CASE ("The folders of an LV2 bundle and of an app are searched", "[source][enginelink]")
{
    const test::TemporaryFolder folder;
    EngineSearch search;
    search.binary = folder.path() / GENERATE ("lib/lv2/TableRead.lv2/TableRead.so", "bin/TableRead");
    const auto engine = program (folder.path() / "bin/tableread-engine");
    CHECK (fs::equivalent (findEngine (search).value(), engine));
}

TEST_CASE ("A missing engine is reported with the places searched", "[source][enginelink]")
{
    const test::TemporaryFolder folder;
    EngineSearch search;
    search.binary = folder.path() / "TableRead";
    const auto path = (folder.path() / "path").string();
    search.pathVariable = path + ':' + path; // said once
    fs::create_directories (folder.path() /
                            "path/tableread-engine"); // a folder of that name is not a program
    const auto missing = findEngine (search);
    REQUIRE_FALSE (missing);
    CHECK (missing.error().code == ErrorCode::NotFound);
    CHECK_THAT (missing.error().message,
                Catch::EndsWith ("Searched: " + folder.path().string() + ", " + path));

    std::ofstream (folder.path() / "text") << "not a program";
    search.setting = folder.path() / "text";
    program (folder.path() / "path2/tableread-engine");
    search.pathVariable = (folder.path() / "path2").string();
    CHECK_THAT (findEngine (search).error().text(),
                Catch::Contains ("text: the engine that the setting names"));
    search.setting.clear();
    search.environment = folder.path() / "nothing";
    CHECK_THAT (findEngine (search).error().text(), Catch::Contains ("TABLEREAD_ENGINE names"));
}

TEST_CASE ("This process knows where it was loaded from", "[source][enginelink]")
{
    CHECK (EngineSearch::current().binary.filename() == "tableread_enginelink_tests");
}
