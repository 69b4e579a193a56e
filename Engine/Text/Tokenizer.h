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

    Text      UTF-8; bytes that are not become U+FFFD. Special tokens are never read out of text: "<|vision_end|>"
              in a script is ordinary characters.
    Threads   const after load(): any thread.
    Errors    load() and parse() throw Exception with one sentence.
*/
class Tokenizer
{
public:
    /** The tokens that the prompt and the frame loop need, found by their text and not by a number. */
    struct Specials
    {
        std::int64_t endOfText = 0;   // <|endoftext|>
        std::int64_t speechStart = 0; // <|vision_start|>
        std::int64_t speechEnd = 0;   // <|vision_end|>
        std::int64_t speechFrame = 0; // <|vision_pad|>
    };

    /** Reads tokenizer.json, or else vocab.json and merges.txt (and added_tokens.json, where it is), of a folder. */
    static std::unique_ptr<Tokenizer> load (const std::filesystem::path& folder);

    /** From the text of a tokenizer.json. Refused as Unsupported if it normalises or splits otherwise. */
    static std::unique_ptr<Tokenizer> parse (std::string_view tokenizerJson,
                                             const std::string& where = "tokenizer.json");

    /** From the texts of vocab.json and merges.txt. `addedJson`, {"token": id, …}, names the special tokens; without
        it and without them in the vocabulary, which then must be Qwen2.5's, their ids follow its convention. */
    static std::unique_ptr<Tokenizer> parse (std::string_view vocabularyJson, std::string_view mergesText,
                                             std::string_view addedJson,
                                             const std::string& where = "vocab.json");

    ~Tokenizer();

    std::vector<std::int64_t> encode (std::string_view utf8) const;

    /** The words that encode() merges within, as normalised UTF-8: what the regular expression makes of a text. */
    std::vector<std::string> split (std::string_view utf8) const;

    const Specials& specials() const { return special; }

    /** The highest id + 1: how many rows an embedding must have at least. */
    std::int64_t size() const { return idCount; }

private:
    struct Tables;
    static std::unique_ptr<Tokenizer> build (const TokenizerFiles& files, const std::string& where);
    Tokenizer (std::unique_ptr<const Tables> tables, Specials specials, std::int64_t size);

    std::unique_ptr<const Tables> tables;
    Specials special;
    std::int64_t idCount = 0;
};
} // namespace tableread::engine
