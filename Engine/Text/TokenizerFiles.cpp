// SPDX-License-Identifier: Apache-2.0
#include "Text/TokenizerFiles.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "Checkpoint/Safetensors/JsonText.h"
#include "Core/Error.h"
#include "Text/WordSplit.h"

namespace tableread::engine
{
using Json = nlohmann::json;

namespace
{
constexpr std::size_t qwenVocabularySize = 151'643; // the tokens that Qwen2.5 adds after them, in order:
constexpr const char* qwenAddedTokens[] = { "<|endoftext|>",        "<|im_start|>",       "<|im_end|>",
                                            "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
                                            "<|box_end|>",          "<|quad_start|>",     "<|quad_end|>",
                                            "<|vision_start|>",     "<|vision_end|>",     "<|vision_pad|>",
                                            "<|image_pad|>" };

std::int64_t readId (const Json& value, const std::string& token, const std::string& where)
{
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    const bool usable = value.is_number_unsigned() && value.get<std::uint64_t>() < (std::uint64_t) most;
    if (! usable)
        fail (ErrorCode::InvalidInput,
              "the id of token " + inQuotes (token) + " is not a whole number of 0 or more to " +
                  std::to_string (most - 1) + ".",
              where);
    return value.get<std::int64_t>();
}

Vocabulary readVocabulary (const Json& json, const std::string& where)
{
    Vocabulary vocabulary;
    vocabulary.reserve (json.size());
    for (const auto& [token, id] : json.items())
        vocabulary.emplace (token, readId (id, token, where));
    return vocabulary;
}

void addMerge (MergeRules& merges, std::string_view line, const std::string& where)
{
    const auto space = line.find (' ');
    if (space == std::string_view::npos || space == 0 || space + 1 == line.size() ||
        line.find (' ', space + 1) != std::string_view::npos)
        fail (ErrorCode::InvalidInput,
              "merge " + std::to_string (merges.size() + 1) + " is not two tokens with a space between them.",
              where);
    merges.emplace_back (line.substr (0, space), line.substr (space + 1));
}

[[noreturn]] void failUnsupported (const std::string& what, const std::string& where)
{
    fail (ErrorCode::Unsupported, what + " Only Qwen2.5's tokenizer, which VibeVoice uses, can be read.",
          where);
}

/** A member of an object, or null if either does not exist: can be chained through JSON of any shape. */
const Json& member (const Json& object, const char* key)
{
    static const Json none;
    const auto found = object.is_object() ? object.find (key) : object.end();
    return found == object.end() ? none : *found;
}

bool isQwenSplit (const Json& steps)
{
    if (! steps.is_array() || steps.size() != 2)
        return false;
    const auto &split = steps[0], &bytes = steps[1];
    return member (split, "type") == "Split" && member (split, "behavior") == "Isolated" &&
           member (split, "invert") == false &&
           member (member (split, "pattern"), "Regex") == qwenSplitPattern &&
           member (bytes, "type") == "ByteLevel" && member (bytes, "add_prefix_space") == false &&
           member (bytes, "use_regex") == false;
}

/** Refuses anything that would split or merge differently: other ids are other words. */
void checkSteps (const Json& json, const std::string& where)
{
    if (member (member (json, "normalizer"), "type") != "NFC")
        failUnsupported ("normalizer is not NFC.", where);
    if (! isQwenSplit (member (member (json, "pre_tokenizer"), "pretokenizers")))
        failUnsupported ("pre_tokenizer is not Qwen2.5's split followed by ByteLevel.", where);

    for (const char* key :
         { "ignore_merges", "byte_fallback", "continuing_subword_prefix", "end_of_word_suffix", "dropout" })
        if (const auto& value = member (json.at ("model"), key);
            ! value.is_null() && value != false && value != "")
            failUnsupported (std::string ("model.") + key + " is set.", where);
}
} // namespace

std::int64_t TokenizerFiles::special (const std::string& text, const std::string& where) const
{
    for (const auto* tokens : { &added, &vocabulary })
        if (const auto entry = tokens->find (text); entry != tokens->end())
            return entry->second;
    fail (ErrorCode::InvalidInput,
          "there is no token " + text +
              ". Take tokenizer.json, or vocab.json and merges.txt, from Qwen/Qwen2.5-1.5B.",
          where);
}

TokenizerFiles TokenizerFiles::parse (std::string_view tokenizerJson, const std::string& where)
{
    const auto json = parseJsonObject (tokenizerJson, where);
    const auto& vocabulary = member (member (json, "model"), "vocab");
    const auto& merges = member (member (json, "model"), "merges");
    if (! vocabulary.is_object() || ! merges.is_array())
        fail (ErrorCode::InvalidInput, "model.vocab and model.merges are missing. Is it a BPE tokenizer?",
              where);
    checkSteps (json, where);

    TokenizerFiles files;
    files.vocabulary = readVocabulary (vocabulary, where);
    for (const auto& merge : merges)
    {
        const bool pair =
            merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string();
        if (! pair && ! merge.is_string())
            fail (ErrorCode::InvalidInput,
                  "merge " + std::to_string (files.merges.size() + 1) + " is neither a pair nor a string.",
                  where);
        if (pair)
            files.merges.emplace_back (merge[0].get<std::string>(), merge[1].get<std::string>());
        else
            addMerge (files.merges, merge.get_ref<const std::string&>(), where);
    }

    for (const auto& token : member (json, "added_tokens"))
    {
        const auto& content = member (token, "content");
        if (! content.is_string())
            fail (ErrorCode::InvalidInput, "an entry of added_tokens has no content.", where);
        const auto& text = content.get_ref<const std::string&>();
        files.added.emplace (text, readId (member (token, "id"), text, where));
    }
    return files;
}

TokenizerFiles TokenizerFiles::parse (std::string_view vocabularyJson, std::string_view mergesText,
                                      std::string_view addedJson, const std::string& where)
{
    TokenizerFiles files;
    files.vocabulary = readVocabulary (parseJsonObject (vocabularyJson, where), where);
    if (! addedJson.empty())
        files.added = readVocabulary (parseJsonObject (addedJson, "added_tokens.json"), "added_tokens.json");

    for (std::size_t at = 0; at < mergesText.size();)
    {
        const auto end = std::min (mergesText.find ('\n', at), mergesText.size());
        auto line = mergesText.substr (at, end - at);
        at = end + 1;
        if (line.ends_with ('\r'))
            line.remove_suffix (1);
        if (! line.empty() && ! line.starts_with ("#version")) // "# #" is a merge
            addMerge (files.merges, line, "merges.txt");
    }

    const bool named =
        files.added.contains ("<|vision_start|>") || files.vocabulary.contains ("<|vision_start|>");
    if (! named && files.vocabulary.size() != qwenVocabularySize)
        fail (ErrorCode::InvalidInput,
              "there are " + std::to_string (files.vocabulary.size()) +
                  " tokens and <|vision_start|> is not among "
                  "them; Qwen2.5's vocabulary has " +
                  std::to_string (qwenVocabularySize) + ". Take vocab.json from Qwen/Qwen2.5-1.5B.",
              where);
    if (! named)
        for (std::size_t i = 0; i < std::size (qwenAddedTokens); ++i)
            files.added.emplace (qwenAddedTokens[i], (std::int64_t) (qwenVocabularySize + i));
    return files;
}
} // namespace tableread::engine
