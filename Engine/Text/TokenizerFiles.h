// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "Text/BytePairs.h"

namespace tableread::engine
{
/** What a tokenizer's files say, whichever of their two forms they have. */
struct TokenizerFiles
{
    Vocabulary vocabulary;
    MergeRules merges;
    Vocabulary added; // special tokens: their text, as written, and id

    /** The id of a special token. @throws Exception InvalidInput if there is none. */
    std::int64_t special (const std::string& text, const std::string& where) const;

    static TokenizerFiles parse (std::string_view tokenizerJson, const std::string& where);
    static TokenizerFiles parse (std::string_view vocabularyJson, std::string_view mergesText,
                                 std::string_view addedJson, const std::string& where);
};
} // namespace tableread::engine
