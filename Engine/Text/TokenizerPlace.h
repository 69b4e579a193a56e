// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Checkpoint/HubCache.h"

namespace tableread::engine
{
/** Where a model's tokenizer is read from. */
struct TokenizerPlace
{
    std::filesystem::path folder;
    std::string note; // if it is not the model's own folder; one sentence
};

/** The model's folder if it holds a tokenizer; else, since VibeVoice's repositories have none, a snapshot of the language
    model that it was made from, in one of the Hugging Face hub's caches or in the cache that the model itself is in. If
    there is none either, the model's folder, for Tokenizer::load() to say what is missing.
    @throws Exception NotFound for an unfinished download. */
TokenizerPlace findTokenizer (const std::filesystem::path& model,
                              std::vector<std::filesystem::path> caches = hubCaches());
} // namespace tableread::engine
