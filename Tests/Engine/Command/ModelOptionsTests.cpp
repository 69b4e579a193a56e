// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Command/ModelOptions.h"
#include "CommandFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

TEST_CASE ("A model is looked for where it was asked for, then in the known places",
           "[engine][command][model]")
{
    const test::TemporaryFolder folder;
    const auto place = [&folder] (const std::string& name) {
        std::filesystem::create_directories (folder.path() / name);
        return folder.path() / name;
    };
    const auto asked = place ("asked"), environment = place ("environment"), installed = place ("installed"),
               source = place ("source");
    CHECK (findModel ({ asked, environment, installed, source }) == asked);
    CHECK (findModel ({ {}, environment, installed, source }) == environment);
    CHECK (findModel ({ {}, {}, installed, source }) == installed);
    CHECK (findModel ({ {}, {}, folder.path() / "no", source }) == source);

    const auto typo = findModel ({ folder.path() / "askde", environment, installed, source });
    REQUIRE (! typo);
    CHECK_THAT (typo.error().message, Contains ("askde"));
    const auto stale = findModel ({ {}, folder.path() / "old", installed, source });
    REQUIRE (! stale);
    CHECK_THAT (stale.error().message, Contains ("TABLEREAD_MODEL") && Contains ("old"));
    const auto none = findModel ({ {}, {}, folder.path() / "no", {} });
    REQUIRE (! none);
    CHECK (none.error().code == ErrorCode::NotFound);
    CHECK_THAT (none.error().message, Contains ((folder.path() / "no").string()));
}

TEST_CASE ("An installed program does not fall back on the source tree", "[engine][command][model]")
{
    CHECK (ModelSearch::current ({}, "/opt/tableread/bin/tableread-engine").sourceTree.empty());
    CHECK (ModelSearch::current ({}, "/opt/tableread/bin/tableread-engine").installed ==
           "/opt/tableread/share/tableread/models/mini");
}

TEST_CASE ("Model options reach the loader", "[engine][command][model]")
{
    CommandFixture engine;
    const auto script = engine.write ("s.txt", "Anna: Hi.\n");
    const auto run =
        engine.run ({ "render", script, "-o", engine.path ("o.wav"), "--dtype", "bf16", "--threads", "3" });
    CHECK (run.code == 0);
    CHECK (engine.loaded.model == engine.model());
    CHECK (engine.loaded.compute == ComputeType::BFloat16);
    CHECK (engine.loaded.threads == 3);
}
