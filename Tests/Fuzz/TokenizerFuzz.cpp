// SPDX-License-Identifier: Apache-2.0
// Input: tokenizer.json (or vocab.json, merges.txt and added_tokens.json) and a text, a zero byte between them; where
// the first part is empty, the text goes through the embedded model's tokenizer, whose ids are bytes.
#include "Fuzz/FuzzChecks.h"
#include "Text/Tokenizer.h"

using namespace tableread::engine;
using tableread::test::acceptsOrRefuses;
using tableread::test::mustHold;

namespace
{
void checkIds (const Tokenizer& tokenizer, std::string_view text)
{
    for (const auto id : tokenizer.encode (text))
        mustHold (id >= 0 && id < tokenizer.size(), "ids lie within the vocabulary");
}

void checkBytes (std::string_view text)
{
    static const auto embedded = Tokenizer::load (TABLEREAD_ROOT "/Assets/models/mini");
    std::vector<std::int64_t> bytes;
    bool ascii = true;
    for (const auto& word : embedded->split (text))
    {
        mustHold (! word.empty(), "no empty words");
        for (const char c : word)
            bytes.push_back (static_cast<unsigned char> (c));
    }
    mustHold (embedded->encode (text) == bytes, "a byte's id is the byte");
    for (const char c : text)
        ascii = ascii && c >= 0;
    mustHold (! ascii || bytes.size() == text.size(), "plain text is neither lost nor changed in length");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const auto parts = tableread::test::splitInput (data, size, 4);
    if (parts[0].empty())
    {
        checkBytes (std::string_view (reinterpret_cast<const char*> (data), size));
        return 0;
    }
    std::unique_ptr<Tokenizer> tokenizer;
    if (acceptsOrRefuses ([&] { tokenizer = Tokenizer::parse (parts[0], "tokenizer.json"); }))
        checkIds (*tokenizer, parts[1]);
    if (acceptsOrRefuses ([&] { tokenizer = Tokenizer::parse (parts[0], parts[1], parts[2], "vocab.json"); }))
        checkIds (*tokenizer, parts[3]);
    return 0;
}
