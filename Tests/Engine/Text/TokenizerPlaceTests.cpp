// SPDX-License-Identifier: Apache-2.0
#include "Text/TokenizerPlace.h"

#include <catch2/catch.hpp>

#include "Support/Failure.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/TinyConfig.h"
#include "Text/Tokenizer.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
/** A cache of the hub with a model in it, which has no tokenizer. */
struct Hub
{
    Hub()
    {
        fs::create_directories (model());
        writeFile (model() / "config.json", tinyOfficialConfig().dump());
    }

    fs::path model() const { return cache.path() / "models--microsoft--VibeVoice-1.5B/snapshots/aaa"; }

    fs::path add (const std::string& folder,
                  const std::vector<std::string>& files = { "tokenizer.json" }) const
    {
        auto snapshot = cache.path() / folder / "snapshots/ccc";
        fs::create_directories (snapshot);
        fs::create_directories (cache.path() / folder / "refs");
        writeFile (cache.path() / folder / "refs/main", "ccc");
        for (const auto& file : files)
            writeFile (snapshot / file, "{}");
        return snapshot;
    }

    TemporaryFolder cache;
};
} // namespace

TEST_CASE ("A model's own tokenizer comes first", "[engine][text][hub]")
{
    const Hub hub;
    hub.add ("models--Qwen--Qwen2.5-1.5B");
    SECTION ("in one file")
    writeFile (hub.model() / "tokenizer.json", "{}");
    SECTION ("in two")
    {
        writeFile (hub.model() / "vocab.json", "{}");
        writeFile (hub.model() / "merges.txt", "");
    }
    const auto place = findTokenizer (hub.model(), {});
    CHECK (place.folder == hub.model());
    CHECK (place.note.empty());
}

TEST_CASE ("A tokenizer is found in the cache that the model is in, and in any other", "[engine][text][hub]")
{
    const Hub hub, elsewhere;
    const TemporaryFolder plain;
    writeFile (plain.path() / "config.json", tinyOfficialConfig().dump());
    CHECK (findTokenizer (hub.model(), {}).folder == hub.model()); // there is none

    const auto large = hub.add ("models--Qwen--Qwen2.5-7B", { "vocab.json", "merges.txt" });
    CHECK (findTokenizer (hub.model(), {}).folder == large);
    CHECK (findTokenizer (plain.path(), { elsewhere.cache.path(), hub.cache.path() }).folder == large);
    hub.add ("models--Qwen--Qwen2.5-1.5B", { "config.json" }); // without a tokenizer
    CHECK (findTokenizer (hub.model(), {}).folder == large);
    const auto small = hub.add ("models--Qwen--Qwen2.5-1.5B");
    const auto place = findTokenizer (hub.model(), {});
    CHECK (place.folder == small);
    CHECK_THAT (place.note, Catch::Contains ("that of Qwen/Qwen2.5-1.5B in the hub's cache"));

    for (const auto& model : { hub.model(), plain.path() })
        writeFile (model / "preprocessor_config.json",
                   R"({"language_model_pretrained_name": "Org/Fine-Tune"})");
    CHECK (findTokenizer (hub.model(), {}).folder == small);
    const auto named = hub.add ("models--Org--Fine-Tune");
    CHECK (findTokenizer (hub.model(), {}).folder == named);
    CHECK (findTokenizer (plain.path(), { hub.cache.path() }).folder == named);
    for (const std::string odd : { "../../etc", "/etc/passwd", "", "a" })
    {
        writeFile (plain.path() / "preprocessor_config.json",
                   nlohmann::json { { "language_model_pretrained_name", odd } }.dump());
        CHECK (findTokenizer (plain.path(), { hub.cache.path() }).folder == small);
    }
}

TEST_CASE ("A tokenizer that is not there is said to be missing, or an unfinished download",
           "[engine][text][hub]")
{
    const Hub hub;
    const auto missing = failureOf ([&] { Tokenizer::load (findTokenizer (hub.model(), {}).folder); });
    CHECK_THAT (missing.message, Catch::Contains ("hf download Qwen/Qwen2.5-1.5B tokenizer.json"));

    const auto unfinished = [&] (const fs::path& folder, const std::string& file) {
        fs::create_symlink ("../../blobs/0123", folder / file);
        const auto error = failureOf ([&] { findTokenizer (hub.model(), {}); });
        CHECK (error.where == (folder / file).string());
        CHECK_THAT (error.message, Catch::Contains ("an unfinished download"));
        CHECK_THAT (failureOf ([&] { Tokenizer::load (folder); }).message,
                    Catch::Contains ("an unfinished download"));
        fs::remove (folder / file);
    };
    unfinished (hub.add ("models--Qwen--Qwen2.5-1.5B", {}), "tokenizer.json");
    unfinished (hub.model(), GENERATE (as<std::string> {}, "tokenizer.json", "vocab.json", "merges.txt"));
}
