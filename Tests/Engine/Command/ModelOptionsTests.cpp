// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <catch2/catch.hpp>

#include "Command/ModelOptions.h"
#include "CommandFixture.h"
#include "Support/Environment.h"

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

namespace
{
/** A Hugging Face cache as the environment's, with one model of two snapshots; refs/main names none of them. */
struct HubFixture
{
    HubFixture()
    {
        ::setenv ("HF_HOME", home.path().c_str(), 1);
        for (const auto* revision : { "aaa", "bbb" })
        {
            std::filesystem::create_directories (model() / "snapshots" / revision);
            std::filesystem::create_symlink (TABLEREAD_ROOT "/Assets/models/mini/config.json",
                                             model() / "snapshots" / revision / "config.json");
        }
        const auto now = std::filesystem::file_time_type::clock::now();
        std::filesystem::last_write_time (model() / "snapshots/aaa", now);
        std::filesystem::last_write_time (model() / "snapshots/bbb", now - std::chrono::hours (1));
    }

    std::filesystem::path model() const { return home.path() / "hub/models--org--name"; }

    void setMain (const std::string& revision) const
    {
        std::filesystem::create_directories (model() / "refs");
        std::ofstream (model() / "refs/main") << revision;
    }

    Environment clean { { "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME" } };
    TemporaryFolder home;
};
} // namespace

TEST_CASE ("A model is found in the hub's cache by its name or its folder", "[engine][command][model][hub]")
{
    const HubFixture hub;
    const std::vector<std::filesystem::path> places { "org/name", hub.model(), hub.model() / "" };
    const auto check = [&] (const std::string& snapshot, bool isNoted) {
        for (const auto& place : places)
            for (const auto& search :
                 { ModelSearch { place, {}, {}, {} }, ModelSearch { {}, place, {}, {} } })
            {
                CAPTURE (place, snapshot);
                std::vector<std::string> notes;
                const auto found =
                    findModel (search, [&notes] (const std::string& note) { notes.push_back (note); });
                REQUIRE (found);
                CHECK (std::filesystem::equivalent (*found, hub.model() / "snapshots" / snapshot));
                CHECK (findModel (search).value() == *found); // without anyone to tell
                REQUIRE (notes.size() == (isNoted ? 1 : 0));
                if (isNoted)
                    CHECK_THAT (notes[0], Contains ("the newest of its snapshots is used, " + snapshot));
            }
    };
    check ("aaa", true);
    hub.setMain ("bbb");
    check ("bbb", false);
}

TEST_CASE ("What stands in a model's place is called by its name", "[engine][command][model][foreign]")
{
    const HubFixture hub;
    const CommandFixture engine;
    const auto refusal = [&] (const std::filesystem::path& place) {
        const auto found = findModel ({ place, {}, {}, {} });
        REQUIRE (! found);
        CHECK_THAT (found.error().message, Contains (place.string()));
        return found.error();
    };
    const auto of = [&] (const std::string& name, const std::string& content) {
        return refusal (engine.write (name, content)).message;
    };
    CHECK_THAT (of ("a.gguf", "x"), Contains ("is a GGUF file") && Contains ("--weights int8"));
    CHECK_THAT (of ("model", "GGUF"), Contains ("is a GGUF file"));
    CHECK_THAT (of ("a.ckpt", "x"), Contains ("is a pickle of PyTorch"));
    CHECK_THAT (of ("b", "PK\3\4"), Contains ("is a pickle of PyTorch"));
    CHECK_THAT (of ("a.safetensors", "x"), Contains ("a single safetensors file without its config.json"));
    CHECK_THAT (of ("s", std::string ("\2\0\0\0\0\0\0\0{}", 10)), Contains ("a single safetensors file"));
    CHECK_THAT (of ("notes.txt", "x"), Contains ("is a file. Name the folder"));
    engine.write ("config.json", "{}");
    CHECK_THAT (of ("a.safetensors", "x"),
                Contains ("Give the folder that it is in, " +
                          engine.path ("").substr (0, engine.path ("").size() - 1)));

    std::filesystem::create_symlink ("nowhere", engine.path ("link"));
    CHECK_THAT (refusal (engine.path ("link")).message, Contains ("unfinished download"));
    CHECK_THAT (refusal ("org/other").message,
                Contains ("nor in the Hugging Face hub's cache (" + (hub.home.path() / "hub").string()) &&
                    Contains ("hf download org/other"));
    CHECK (refusal ("org/other").code == ErrorCode::NotFound);
    std::filesystem::remove_all (hub.model() / "snapshots");
    CHECK_THAT (findModel ({ "org/name", {}, {}, {} }).error().message, Contains ("unfinished download"));
}

TEST_CASE ("Notes on how a model was found reach whoever asked", "[engine][command][model][hub]")
{
    const HubFixture hub;
    CommandFixture engine;
    const auto script = engine.write ("s.txt", "Anna: Hi.\n");
    std::filesystem::create_symlink (engine.model() / "tokenizer.json",
                                     hub.model() / "snapshots/aaa/tokenizer.json");
    const auto voice = engine.model() / "voices/anna.flac";
    const auto run = engine.run ({ "render", script, "-o", engine.path ("o.wav"), "--model", "org/name",
                                   "--voice", "Anna=" + voice.string() });
    CHECK (run.code == 0);
    CHECK (engine.loaded.model.filename() == "aaa");
    REQUIRE (engine.loaded.notes.size() == 1);
    CHECK_THAT (engine.run ({ "plan", "--model", "org/name" }).err, Contains (engine.loaded.notes[0]));
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
