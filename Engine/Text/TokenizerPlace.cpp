// SPDX-License-Identifier: Apache-2.0
#include "Text/TokenizerPlace.h"

#include "Checkpoint/ModelConfig.h"
#include "Checkpoint/Safetensors/Links.h"

namespace tableread::engine
{
namespace
{
namespace fs = std::filesystem;

/** @throws Exception NotFound if one of the files is a link to nothing. */
bool hasTokenizer (const fs::path& folder)
{
    std::error_code none;
    for (const auto* name : { "tokenizer.json", "vocab.json", "merges.txt" })
        refuseDangling (folder / name);
    return fs::exists (folder / "tokenizer.json", none) ||
           (fs::exists (folder / "vocab.json", none) && fs::exists (folder / "merges.txt", none));
}
} // namespace

TokenizerPlace findTokenizer (const fs::path& model, std::vector<fs::path> caches)
{
    if (hasTokenizer (model))
        return { model, {} };
    std::error_code none;
    if (const auto whole = fs::weakly_canonical (model, none); isHubSnapshot (whole))
        caches.insert (caches.begin(), whole.parent_path().parent_path().parent_path());
    std::vector<std::string> names { ModelConfig::load (model).languageModelName };
    names.insert (names.end(), { "Qwen/Qwen2.5-1.5B", "Qwen/Qwen2.5-7B" });
    for (const auto& name : names)
        if (const auto folder = findInHub (name, caches))
        {
            auto snapshot = snapshotOf (*folder);
            if (! hasTokenizer (snapshot.folder))
                continue;
            auto note = "The tokenizer is that of " + name + " in the hub's cache, since the model has none.";
            if (! snapshot.note.empty())
                note += " " + snapshot.note;
            return { std::move (snapshot.folder), std::move (note) };
        }
    return { model, {} };
}
} // namespace tableread::engine
