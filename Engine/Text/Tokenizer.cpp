// SPDX-License-Identifier: Apache-2.0
#include "Text/Tokenizer.h"

#include <algorithm>
#include <set>
#include <span>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include "Checkpoint/Safetensors/JsonText.h"
#include "Checkpoint/Safetensors/Links.h"
#include "Core/ContentHash.h"
#include "Core/Error.h"
#include "Text/TokenizerFiles.h"
#include "Text/WordSplit.h"

namespace tableread::engine
{
namespace
{
constexpr std::uint64_t maxFileBytes = 256u << 20; // Qwen2.5's tokenizer.json has 7 to 11 MB
constexpr int maxMarks = 1024;                     // in a row: ICU sorts them in quadratic time
constexpr std::size_t maxTextBytes = 64u << 20;    // ICU counts in 32 bits

icu::UnicodeString normalize (std::string_view utf8)
{
    if (utf8.size() > maxTextBytes)
        fail (ErrorCode::OutOfRange, "a text has " + std::to_string (utf8.size() >> 20) + " MiB, at most " +
                                         std::to_string (maxTextBytes >> 20) +
                                         " can be spoken in one passage. Split it.");
    const auto text = icu::UnicodeString::fromUTF8 ({ utf8.data(), (std::int32_t) utf8.size() });

    int marks = 0;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32 (at, 1))
    {
        marks = u_getCombiningClass (text.char32At (at)) != 0 ? marks + 1 : 0;
        if (marks > maxMarks)
            fail (ErrorCode::InvalidInput, "a text has more than " + std::to_string (maxMarks) +
                                               " combining marks on one letter. Remove them.");
    }

    auto status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance (status);
    auto normalized = U_SUCCESS (status) ? nfc->normalize (text, status) : text;
    if (U_FAILURE (status))
        fail (ErrorCode::Internal,
              std::string ("ICU could not normalise a text: ") + u_errorName (status) + ".");
    return normalized;
}

bool isFile (const std::filesystem::path& path)
{
    std::error_code ignored;
    return std::filesystem::is_regular_file (path, ignored);
}
} // namespace

struct Tokenizer::Tables
{
    BytePairs bytePairs;

    /** Calls `visit` with each word of the text, in order; together they are the whole normalised text. */
    template <typename Visit>
    void forEachWord (std::string_view utf8, Visit&& visit) const
    {
        const auto text = normalize (utf8);
        const WordSplit words (text);
        std::string word;
        for (std::int32_t start = 0; start < text.length();)
        {
            const auto end = words.endOfWord (start);
            word.clear();
            text.tempSubStringBetween (start, end).toUTF8String (word);
            visit (word);
            start = end;
        }
    }
};

Tokenizer::Tokenizer (std::unique_ptr<const Tables> newTables, Specials specials, std::int64_t size)
    : tables (std::move (newTables))
    , special (specials)
    , idCount (size)
{}

Tokenizer::~Tokenizer() = default;

static Tokenizer::Specials findSpecials (const TokenizerFiles& files, const BytePairs& pairs,
                                         const std::string& where)
{
    Tokenizer::Specials found;
    found.endOfText = files.special ("<|endoftext|>", where);
    found.speechStart = files.special ("<|vision_start|>", where);
    found.speechEnd = files.special ("<|vision_end|>", where);
    found.speechFrame = files.special ("<|vision_pad|>", where);

    const std::set ids { found.endOfText, found.speechStart, found.speechEnd, found.speechFrame };
    const auto spoken = [&] (auto id) { return pairs.produces (id); };
    if (ids.size() != 4 || std::any_of (ids.begin(), ids.end(), spoken))
        fail (ErrorCode::InvalidInput, "two special tokens share an id, or one shares it with ordinary text.",
              where);
    return found;
}

static std::int64_t countIds (const TokenizerFiles& files)
{
    std::int64_t highest = 0;
    for (const auto* tokens : { &files.vocabulary, &files.added })
        for (const auto& [text, id] : *tokens)
            highest = std::max (highest, id);
    return highest + 1;
}

std::unique_ptr<Tokenizer> Tokenizer::build (const TokenizerFiles& files, const std::string& where)
{
    auto tables = std::make_unique<Tables> (Tables { BytePairs (files.vocabulary, files.merges, where) });
    const auto specials = findSpecials (files, tables->bytePairs, where);
    return std::unique_ptr<Tokenizer> (new Tokenizer (std::move (tables), specials, countIds (files)));
}

std::unique_ptr<Tokenizer> Tokenizer::parse (std::string_view tokenizerJson, const std::string& where)
{
    return build (TokenizerFiles::parse (tokenizerJson, where), where);
}

std::unique_ptr<Tokenizer> Tokenizer::parse (std::string_view vocabularyJson, std::string_view mergesText,
                                             std::string_view addedJson, const std::string& where)
{
    return build (TokenizerFiles::parse (vocabularyJson, mergesText, addedJson, where), where);
}

std::unique_ptr<Tokenizer> Tokenizer::load (const std::filesystem::path& folder)
{
    const auto whole = folder / "tokenizer.json", vocabulary = folder / "vocab.json",
               merges = folder / "merges.txt", added = folder / "added_tokens.json";

    for (const auto& file : { whole, vocabulary, merges, added })
        refuseDangling (file);
    if (isFile (whole))
        return parse (readTextFile (whole, maxFileBytes), whole.string());
    if (isFile (vocabulary) && isFile (merges))
    {
        const auto addedJson = isFile (added) ? readTextFile (added, maxFileBytes) : std::string();
        return parse (readTextFile (vocabulary, maxFileBytes), readTextFile (merges, maxFileBytes), addedJson,
                      vocabulary.string());
    }

    fail (ErrorCode::NotFound,
          "there is no tokenizer here (tokenizer.json, or vocab.json and merges.txt), nor in the Hugging "
          "Face hub's "
          "cache: VibeVoice's checkpoints ship none, so take vocab.json and merges.txt from the repository "
          "Qwen/Qwen2.5-1.5B and put them into this folder, or run hf download Qwen/Qwen2.5-1.5B "
          "tokenizer.json.",
          folder.string());
}

bool tokenizerHasOnlyBytes (const std::filesystem::path& folder)
{
    constexpr std::uintmax_t mostBytes =
        1'000'000; // 256 tokens and some special ones are less; words are more
    const auto whole = folder / "tokenizer.json", vocabulary = folder / "vocab.json",
               merges = folder / "merges.txt";
    const auto read = [] (const std::filesystem::path& file) { return readTextFile (file, mostBytes); };
    try
    {
        const auto files = isFile (whole) ? TokenizerFiles::parse (read (whole), whole.string())
                                          : TokenizerFiles::parse (read (vocabulary), read (merges), {},
                                                                   vocabulary.string());
        return files.merges.empty();
    }
    catch (const Exception&)
    {
        return false;
    }
}

std::vector<std::int64_t> Tokenizer::encode (std::string_view utf8) const
{
    std::vector<std::int64_t> ids;
    tables->forEachWord (utf8, [&] (const std::string& word) { tables->bytePairs.encode (word, ids); });
    return ids;
}

std::string Tokenizer::contentHash() const
{
    auto text = tables->bytePairs.contentHash();
    for (const auto id : { special.endOfText, special.speechStart, special.speechEnd, special.speechFrame })
        text += ' ' + std::to_string (id);
    return hashOfBytes (std::as_bytes (std::span (text)));
}

std::vector<std::string> Tokenizer::split (std::string_view utf8) const
{
    std::vector<std::string> words;
    tables->forEachWord (utf8, [&] (const std::string& word) { words.push_back (word); });
    return words;
}
} // namespace tableread::engine
