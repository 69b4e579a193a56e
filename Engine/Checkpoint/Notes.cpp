// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Notes.h"

#include <algorithm>

#include "Checkpoint/Safetensors/JsonText.h"
#include "Checkpoint/Safetensors/MappedFile.h"

namespace tableread::engine
{
namespace
{
/** Some files of tied models hold the embedding twice, which means the same. Compares rows from all over: two matrices
    that were trained separately differ in each. */
bool sameMatrix (const TensorView& one, const TensorView& other)
{
    if (one.dtype != other.dtype || one.shape != other.shape || one.shape.empty() || one.shape[0] < 1)
        return false;
    constexpr std::int64_t samples = 64;
    const auto rows = one.shape[0];
    const auto rowBytes = one.bytes.size() / static_cast<std::size_t> (rows);
    for (std::int64_t i = 0; i < std::min (samples, rows); ++i)
    {
        const auto row = static_cast<std::size_t> (rows > samples ? i * (rows - 1) / (samples - 1) : i);
        if (! std::ranges::equal (one.bytes.subspan (row * rowBytes, rowBytes),
                                  other.bytes.subspan (row * rowBytes, rowBytes)))
            return false;
    }
    return true;
}

/** What config.json and the file say about the output matrix; empty if they agree. */
std::string noteOnOutput (const Checkpoint& checkpoint)
{
    const auto said = checkpoint.config().tied;
    if (! said || *said == checkpoint.tied())
        return {};
    if (! *said)
        return "config.json says tie_word_embeddings false, but the checkpoint has no lm_head.weight. The "
               "embedding "
               "serves as output matrix; if that is not meant, a part of the checkpoint is missing.";
    if (sameMatrix (checkpoint.tensor ("lm_head.weight"),
                    checkpoint.tensor ("model.language_model.embed_tokens.weight")))
        return {};
    return "config.json says tie_word_embeddings true, but the checkpoint has a lm_head.weight that is not "
           "the "
           "embedding. It serves as output matrix; if that is not meant, config.json is of another "
           "checkpoint.";
}

std::string noteOnUnused (const std::vector<std::string>& unused)
{
    if (unused.empty())
        return {};
    const bool isOne = unused.size() == 1;
    return (isOne ? "One tensor" : std::to_string (unused.size()) + " tensors") + " of the checkpoint " +
           (isOne ? "is" : "are") + " not used by the model" + (isOne ? ": " : ", such as ") +
           inQuotes (unused.front()) + ".";
}
} // namespace

std::vector<std::string> notesOn (const Checkpoint& checkpoint)
{
    std::vector<std::string> notes { noteOnOutput (checkpoint), noteOnUnused (checkpoint.unused()) };
    checkMappedFiles();
    std::erase (notes, "");
    return notes;
}
} // namespace tableread::engine
