// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tableread::engine
{
struct TokenizerFiles;

/** Qwen2.5's byte-level BPE: NFC, a split into words by its regular expression, then merges by rank.

    Text      UTF-8; invalid bytes become U+FFFD. Special tokens are never recognised in text: "<|vision_end|>"
              in a script is ordinary text.
    Threads   const after load(): any thread.
    Errors    load() and parse() throw Exception with one sentence.
*/
class Tokenizer
{
public:
    /** The tokens that the prompt and the frame loop need, found by their text, not by fixed numbers. */
    struct Specials
    {
        std::int64_t endOfText = 0;   // <|endoftext|>
        std::int64_t speechStart = 0; // <|vision_start|>
        std::int64_t speechEnd = 0;   // <|vision_end|>
        std::int64_t speechFrame = 0; // <|vision_pad|>
    };

    /** Reads a folder's tokenizer.json, or else its vocab.json and merges.txt (and added_tokens.json if present). */
    static std::unique_ptr<Tokenizer> load (const std::filesystem::path& folder);

    /** From the text of a tokenizer.json. @throws Exception Unsupported if it normalises or splits differently. */
    static std::unique_ptr<Tokenizer> parse (std::string_view tokenizerJson,
                                             const std::string& where = "tokenizer.json");

    /** From the texts of vocab.json and merges.txt. `addedJson`, {"token": id, …}, names the special tokens; without
        it and without them in the vocabulary, which then must be Qwen2.5's, their ids follow its convention. */
    static std::unique_ptr<Tokenizer> parse (std::string_view vocabularyJson, std::string_view mergesText,
                                             std::string_view addedJson,
                                             const std::string& where = "vocab.json");

    ~Tokenizer();

    std::vector<std::int64_t> encode (std::string_view utf8) const;

    /** The words that encode() merges within, as normalised UTF-8: the matches of the regular expression. */
    std::vector<std::string> split (std::string_view utf8) const;

    const Specials& specials() const { return special; }

    /** XXH3-128 of what encode() and specials() depend on: the same from either form of a tokenizer's files. */
    std::string contentHash() const;

    /** The highest id + 1: the least number of rows of an embedding. */
    std::int64_t size() const { return idCount; }

private:
    struct Tables;
    static std::unique_ptr<Tokenizer> build (const TokenizerFiles& files, const std::string& where);
    Tokenizer (std::unique_ptr<const Tables> tables, Specials specials, std::int64_t size);

    std::unique_ptr<const Tables> tables;
    Specials special;
    std::int64_t idCount = 0;
};

/** True if the folder's tokenizer makes every byte a token. Text beyond ASCII is then several tokens a character, which
    a small model has hardly seen. False also if there is no tokenizer that can be read: load() says why. */
bool tokenizerHasOnlyBytes (const std::filesystem::path& folder);
} // namespace tableread::engine
