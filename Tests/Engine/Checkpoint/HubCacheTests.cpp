// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/HubCache.h"

#include <chrono>

#include <catch2/catch.hpp>

#include "Checkpoint/Checkpoint.h"
#include "Support/Environment.h"
#include "Support/Failure.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/TinyConfig.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

namespace
{
/** A model in a cache, with snapshots that are the older the later they are named. */
struct Cached
{
    explicit Cached (const std::vector<std::string>& revisions)
    {
        fs::create_directories (folder() / "refs");
        auto when = fs::file_time_type::clock::now();
        for (const auto& revision : revisions)
        {
            fs::create_directories (folder() / "snapshots" / revision);
            fs::last_write_time (folder() / "snapshots" / revision, when -= std::chrono::hours (1));
        }
    }

    fs::path folder() const { return cache.path() / "models--microsoft--VibeVoice-1.5B"; }
    fs::path snapshot (const std::string& revision) const { return folder() / "snapshots" / revision; }
    void setMain (const std::string& text) const { writeFile (folder() / "refs/main", text); }

    TemporaryFolder cache;
};
} // namespace

TEST_CASE ("The snapshot of refs/main is taken, without a word", "[engine][checkpoint][hub]")
{
    const Cached model ({ "aaa", "bbb", "ccc" });
    model.setMain (GENERATE (as<std::string> {}, "bbb", "bbb\n", "bbb \r\n"));
    const auto found = snapshotOf (model.folder());
    CHECK (found.folder == model.snapshot ("bbb"));
    CHECK (found.note.empty());
    CHECK (snapshotOf (model.folder() / "").folder == model.folder() / "" / "snapshots/bbb");
}

TEST_CASE ("Without a usable refs/main the newest snapshot is taken, with a note",
           "[engine][checkpoint][hub]")
{
    const Cached model ({ "ddd", "aaa", "ccc" });
    writeFile (model.folder() / "snapshots/zzz", "no folder");
    std::string words = "has no refs/main";
    SECTION ("none")
    {}
    SECTION ("a folder")
    fs::create_directory (model.folder() / "refs/main");
    SECTION ("one that leads elsewhere")
    model.setMain (GENERATE (as<std::string> {}, "../snapshots/aaa", "/tmp", "..", "", "\n"));
    SECTION ("one of a revision that was deleted")
    {
        model.setMain ("bbb");
        words = "lacks the snapshot that its refs/main names, bbb";
    }
    SECTION ("an endless one")
    {
        model.setMain (std::string (100'000, 'a'));
        words = "lacks the snapshot that its refs/main names, aaa";
    }
    const auto found = snapshotOf (model.folder());
    CHECK (found.folder == model.snapshot ("ddd"));
    CHECK_THAT (found.note,
                Catch::Contains (words) && Catch::Contains ("the newest of its snapshots is used, ddd."));
}

TEST_CASE ("A model without a snapshot is called an unfinished download", "[engine][checkpoint][hub]")
{
    const Cached model ({});
    model.setMain ("bbb");
    const auto error = failureOf ([&] { snapshotOf (model.folder()); });
    CHECK (error.code == ErrorCode::NotFound);
    CHECK (error.where == model.folder().string());
    CHECK_THAT (error.message,
                Catch::Contains ("an unfinished download. Run hf download microsoft/VibeVoice-1.5B"));
}

TEST_CASE ("A snapshot that lacks files is called an unfinished download", "[engine][checkpoint][hub]")
{
    const Cached model ({ "aaa" });
    const auto snapshot = model.snapshot ("aaa");
    const auto refusal = [&] { return failureOf ([&] { Checkpoint::open (snapshot); }).message; };
    CHECK_THAT (refusal(), Catch::Contains ("an unfinished download"));
    writeFile (snapshot / "config.json", tinyOfficialConfig().dump());
    CHECK_THAT (refusal(), Catch::Contains ("an unfinished download"));
    writeFile (snapshot / "model.safetensors.index.json", R"({"weight_map": {"x": "1.safetensors"}})");
    CHECK_THAT (refusal(), Catch::Contains ("names the shard \"1.safetensors\"") &&
                               Catch::Contains ("an unfinished download"));
}

TEST_CASE ("A repository is found by its name in the caches, in their order", "[engine][checkpoint][hub]")
{
    const TemporaryFolder one, two;
    fs::create_directories (two.path() / "models--org--name.v1_x");
    CHECK (findInHub ("org/name.v1_x", { one.path(), two.path() }) == two.path() / "models--org--name.v1_x");
    fs::create_directories (one.path() / "models--org--name.v1_x");
    CHECK (findInHub ("org/name.v1_x", { one.path(), two.path() }) == one.path() / "models--org--name.v1_x");
    writeFile (one.path() / "models--org--file", "");
    for (const std::string name : { "org/other", "org/file", "name", "org/", "/name", "../name", "org/name/x",
                                    "org/..", "org\\name", "", "/", "org/n ame" })
        CHECK_FALSE (findInHub (name, { one.path(), two.path() }));
}

TEST_CASE ("Caches are where the hub's own variables say", "[engine][checkpoint][hub]")
{
    const Environment clean (
        { "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME" });
    CHECK (hubCaches().empty());
    ::setenv ("HOME", "/home/me", 1);
    CHECK (hubCaches() == Paths { "/home/me/.cache/huggingface/hub" });
    ::setenv ("XDG_CACHE_HOME", "/cache", 1);
    CHECK (hubCaches().front() == "/cache/huggingface/hub");
    ::setenv ("HF_HOME", "/hf", 1);
    CHECK (hubCaches() == Paths { "/hf/hub", "/hf" });
    ::setenv ("HF_HUB_CACHE", "/hub", 1);
    CHECK (hubCaches().front() == "/hub");
}

TEST_CASE ("A model in a cache is called by the name of its repository", "[engine][checkpoint][hub]")
{
    const Cached model ({ "aaa" });
    CHECK (modelName (model.snapshot ("aaa")) == "VibeVoice-1.5B");
    CHECK (modelName (model.snapshot ("aaa") / "") == "VibeVoice-1.5B");
    CHECK (modelName ("/models/VibeVoice-7B") == "VibeVoice-7B");
    CHECK (modelName ("/snapshots/VibeVoice-7B") == "VibeVoice-7B");
}
