// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <unicode/unistr.h>

namespace tableread::engine
{
/** Qwen2.5's pre-tokenizer, as in tokenizer.json: the pattern that WordSplit implements. */
inline constexpr std::string_view qwenSplitPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/** Splits a text into words, which merges do not cross: the matches of qwenSplitPattern, which leave no gap. Written
    by hand, because regular-expression engines use stack for each character of a long run
    and fail at a megabyte. Time is linear; Unicode's classes are ICU's. */
class WordSplit
{
public:
    /** `wholeText` must outlive this and hold no lone surrogates. */
    explicit WordSplit (const icu::UnicodeString& wholeText) : text (wholeText) {}

    /** Where the word that starts at `start` ends, in UTF-16 units; `start` must be inside the text. */
    std::int32_t endOfWord (std::int32_t start) const;

private:
    enum class Class
    {
        Letter,
        Number,
        LineBreak, // CR and LF only
        Space,     // other white space
        Symbol,    // everything else
        End        // after the text
    };

    Class classAt (std::int32_t at) const;
    std::int32_t after (std::int32_t at) const { return text.moveIndex32 (at, 1); }
    std::int32_t endOfRun (std::int32_t at, Class of) const;
    std::int32_t endOfContraction (std::int32_t start) const;
    std::int32_t endOfSpaces (std::int32_t start) const;

    const icu::UnicodeString& text;
};
} // namespace tableread::engine
