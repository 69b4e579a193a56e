// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Notes.h"

#include <catch2/catch.hpp>

#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/TinyConfig.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
using Notes = std::vector<std::string>;
using Flag = std::optional<bool>;

enum class Output
{
    None,      // no lm_head.weight
    Embedding, // a copy of the embedding
    OfItsOwn
};

constexpr std::int64_t rows = 1000; // more than are compared

/** The notes on a checkpoint whose config says `said`, of which `changedRow` differs from the embedding. */
Notes notesOf (Flag said, Output output, std::int64_t changedRow = 0)
{
    const TemporaryFolder folder;
    auto config = tinyOfficialConfig();
    config["tie_word_embeddings"] = said ? nlohmann::json (*said) : nlohmann::json();
    writeFile (folder.path() / "config.json", config.dump());
    std::vector<float> values (rows * 2);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = (float) i;
    SafetensorsWriter tensors;
    tensors.addFloats ("model.language_model.embed_tokens.weight", { rows, 2 }, values);
    if (output == Output::OfItsOwn)
        values[(std::size_t) changedRow * 2 + 1] = -1;
    if (output != Output::None)
        tensors.addFloats ("lm_head.weight", { rows, 2 }, values);
    tensors.write (folder.path() / "model.safetensors");
    return notesOn (*Checkpoint::open (folder.path()));
}
} // namespace

TEST_CASE ("A config that agrees with the file, or says nothing, gives no note", "[engine][checkpoint]")
{
    CHECK (notesOf (true, Output::None) == Notes {});
    CHECK (notesOf (true, Output::Embedding) == Notes {}); // some files hold it twice
    CHECK (notesOf (false, Output::OfItsOwn) == Notes {});
    CHECK (notesOf (std::nullopt, Output::None) == Notes {});
    CHECK (notesOf (std::nullopt, Output::OfItsOwn) == Notes {});
}

TEST_CASE ("A config that disagrees with the file about lm_head is reported in words", "[engine][checkpoint]")
{
    const auto missing = notesOf (false, Output::None);
    REQUIRE (missing.size() == 1);
    CHECK_THAT (missing[0],
                Catch::StartsWith ("config.json says tie_word_embeddings false, but the checkpoint "
                                   "has no lm_head.weight. The embedding serves as output matrix"));

    const auto row = GENERATE (0, rows - 1);
    const auto more = notesOf (true, Output::OfItsOwn, row);
    REQUIRE (more.size() == 1);
    CHECK_THAT (more[0],
                Catch::StartsWith ("config.json says tie_word_embeddings true, but the checkpoint has a "
                                   "lm_head.weight that is not the embedding. It serves as output"));
}

TEST_CASE ("Tensors that are not used are one note with a count", "[engine][checkpoint]")
{
    const auto notesWith = [] (int extra) {
        const TemporaryFolder folder;
        writeFile (folder.path() / "config.json", tinyOfficialConfig().dump());
        SafetensorsWriter tensors;
        tensors.addFloats ("model.language_model.embed_tokens.weight", { 1, 1 }, { 1 });
        for (int i = 0; i < extra; ++i)
            tensors.add ("x." + std::to_string (i), "F64", { 1 }, "12345678");
        tensors.write (folder.path() / "model.safetensors");
        return notesOn (*Checkpoint::open (folder.path()));
    };
    CHECK (notesWith (0) == Notes {});
    CHECK (notesWith (1) == Notes { "One tensor of the checkpoint is not used by the model: \"x.0\"." });
    CHECK (notesWith (12) ==
           Notes { "12 tensors of the checkpoint are not used by the model, such as \"x.0\"." });
}
