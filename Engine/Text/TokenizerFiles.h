// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "Text/BytePairs.h"

namespace tableread::engine
{
/** The contents of a tokenizer's files, in either of their two forms. */
struct TokenizerFiles
{
    Vocabulary vocabulary;
    MergeRules merges;
    Vocabulary added; // special tokens: their literal text and id

    /** The id of a special token. @throws Exception InvalidInput if there is none. */
    std::int64_t special (const std::string& text, const std::string& where) const;

    static TokenizerFiles parse (std::string_view tokenizerJson, const std::string& where);
    static TokenizerFiles parse (std::string_view vocabularyJson, std::string_view mergesText,
                                 std::string_view addedJson, const std::string& where);
};
} // namespace tableread::engine
