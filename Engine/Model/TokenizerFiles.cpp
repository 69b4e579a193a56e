// SPDX-License-Identifier: Apache-2.0
#include "Model/TokenizerFiles.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "Core/Error.h"

namespace tableread::engine
{
using Json = nlohmann::json;

const std::string_view qwenSplitPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

namespace
{
constexpr std::size_t qwenVocabularySize = 151'643; // the order of the tokens that Qwen2.5 adds behind them:
constexpr const char* qwenAddedTokens[] = { "<|endoftext|>",        "<|im_start|>",       "<|im_end|>",
                                            "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
                                            "<|box_end|>",          "<|quad_start|>",     "<|quad_end|>",
                                            "<|vision_start|>",     "<|vision_end|>",     "<|vision_pad|>",
                                            "<|image_pad|>" };

Json parseJson (std::string_view text, const std::string& where)
{
    auto json = Json::parse (text, nullptr, false);
    if (! json.is_object())
        fail (ErrorCode::InvalidInput, "this is not a JSON object. Is the download complete?", where);
    return json;
}

std::int64_t readId (const Json& value, const std::string& token, const std::string& where)
{
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    const bool usable = value.is_number_unsigned() && value.get<std::uint64_t>() < (std::uint64_t) most;
    if (! usable)
        fail (ErrorCode::InvalidInput,
              "the id of token \"" + token.substr (0, 100) + "\" is not a whole number from 0 to " +
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

/** Anything that would split or merge otherwise than we do is refused: other ids are other words. */
void checkSteps (const Json& json, const std::string& where)
{
    const auto normalizer = json.value ("/normalizer/type"_json_pointer, Json());
    if (normalizer != "NFC")
        failUnsupported ("normalizer is " + normalizer.dump (-1, ' ', true, Json::error_handler_t::replace) +
                             ", \"NFC\" is expected.",
                         where);

    const auto steps = json.value ("/pre_tokenizer/pretokenizers"_json_pointer, Json::array());
    const Json none;
    const auto& split = steps.is_array() && steps.size() == 2 ? steps[0] : none;
    const auto& bytes = steps.is_array() && steps.size() == 2 ? steps[1] : none;
    const bool known =
        split.is_object() && bytes.is_object() && split.value ("type", Json()) == "Split" &&
        split.value ("/pattern/Regex"_json_pointer, Json()) == qwenSplitPattern &&
        split.value ("behavior", Json()) == "Isolated" && split.value ("invert", Json()) == false &&
        bytes.value ("type", Json()) == "ByteLevel" && bytes.value ("add_prefix_space", Json()) == false &&
        bytes.value ("use_regex", Json()) == false;
    if (! known)
        failUnsupported ("pre_tokenizer is not the split of Qwen2.5.", where);

    const auto& model = json.at ("model");
    for (const char* key : { "ignore_merges", "byte_fallback" })
        if (model.value (key, Json (false)) != false)
            failUnsupported (std::string ("model.") + key + " is set.", where);
    for (const char* key : { "continuing_subword_prefix", "end_of_word_suffix", "dropout" })
        if (const auto value = model.value (key, Json()); ! value.is_null() && value != "")
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
    const auto json = parseJson (tokenizerJson, where);
    const auto model = json.find ("model");
    const bool shaped = model != json.end() && model->is_object() &&
                        model->value ("vocab", Json()).is_object() &&
                        model->value ("merges", Json()).is_array();
    if (! shaped)
        fail (ErrorCode::InvalidInput, "model.vocab and model.merges are missing. Is it a BPE tokenizer?",
              where);
    checkSteps (json, where);

    TokenizerFiles files;
    files.vocabulary = readVocabulary (model->at ("vocab"), where);
    for (const auto& merge : model->at ("merges"))
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

    for (const auto& token : json.value ("added_tokens", Json::array()))
    {
        const auto content = token.is_object() ? token.value ("content", Json()) : Json();
        if (! content.is_string() || ! token.contains ("id"))
            fail (ErrorCode::InvalidInput, "an entry of added_tokens lacks its content or id.", where);
        const auto& text = content.get_ref<const std::string&>();
        files.added.emplace (text, readId (token.at ("id"), text, where));
    }
    return files;
}

TokenizerFiles TokenizerFiles::parse (std::string_view vocabularyJson, std::string_view mergesText,
                                      std::string_view addedJson, const std::string& where)
{
    TokenizerFiles files;
    files.vocabulary = readVocabulary (parseJson (vocabularyJson, where), where);
    if (! addedJson.empty())
        files.added = readVocabulary (parseJson (addedJson, "added_tokens.json"), "added_tokens.json");

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
