// SPDX-License-Identifier: Apache-2.0
#include "Text/Prompt.h"

#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "Engine/Text/Tokenizers.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Ids = std::vector<std::int64_t>;

namespace
{
/** The embedded model's ids are bytes, so its prompts can be read: special tokens in angle brackets. */
std::string asText (const Prompt& prompt)
{
    std::string text;
    for (const auto id : prompt.ids)
        text += id < 256    ? std::string (1, (char) id)
                : id == 259 ? "<START>"
                : id == 260 ? "<END>"
                : id == 261 ? "<FRAME>"
                            : "<?>";
    return text;
}

Prompt build (const Ids& frames, const std::vector<SpokenLine>& lines)
{
    return buildPrompt (*Tokenizer::load (root / "Assets/models/mini"), frames, lines);
}

std::string spoken (const std::string& text)
{
    const auto whole = asText (build ({}, { { 0, text } }));
    const auto start = whole.find (" Speaker 0: ") + 12;
    return whole.substr (start, whole.find ("\n Speech output:") - start);
}

const std::string systemText =
    " Transform the text provided by various speakers into speech output, utilizing the "
    "distinct voice of each respective speaker.\n";
} // namespace

TEST_CASE ("The prefix of a prompt ends where its lines begin", "[engine][prompt]")
{
    const auto prefixOf = [] (const Ids& frames, const std::vector<SpokenLine>& lines) {
        auto prompt = build (frames, lines);
        prompt.ids.resize ((std::size_t) prompt.prefix);
        return asText (prompt);
    };
    CHECK (prefixOf ({}, { { 0, "Hello." } }) == systemText + " Text input:\n");
    const auto two = prefixOf ({ 2, 1 }, { { 1, "Hi!" } });
    CHECK (two == systemText + " Voice input:\n Speaker 0:<START><FRAME><FRAME><END>\n"
                               " Speaker 1:<START><FRAME><END>\n Text input:\n");
    CHECK (prefixOf ({ 2, 1 }, { { 0, "Text input:" }, { 1, "So?" } }) == two);
}

TEST_CASE ("buildPrompt lays out voices, lines and the start of speech", "[engine][prompt]")
{
    const auto prompt = build ({ 2, 1 }, { { 0, "Hello." }, { 1, "Hi!" }, { 0, "So?" } });

    CHECK (asText (prompt) == systemText + " Voice input:\n"
                                           " Speaker 0:<START><FRAME><FRAME><END>\n"
                                           " Speaker 1:<START><FRAME><END>\n"
                                           " Text input:\n"
                                           " Speaker 0: Hello.\n"
                                           " Speaker 1: Hi!\n"
                                           " Speaker 0: So?\n"
                                           " Speech output:\n<START>");
}

TEST_CASE ("buildPrompt says where each voice frame stands", "[engine][prompt]")
{
    const auto prompt = build ({ 3, 4 }, { { 1, "Hello." } });

    REQUIRE (prompt.voicePositions.size() == 7);
    Ids found;
    for (std::size_t i = 0; i < prompt.ids.size(); ++i)
        if (prompt.ids[i] == 261)
            found.push_back ((std::int64_t) i);
    CHECK (prompt.voicePositions == found);
    CHECK (found[3] - found[2] > 1); // the second voice has its own block
}

TEST_CASE ("buildPrompt has no voice header without voices", "[engine][prompt]")
{
    const auto prompt = build ({}, { { 2, "Hello." } });
    CHECK (asText (prompt) == systemText + " Text input:\n Speaker 2: Hello.\n Speech output:\n<START>");
    CHECK (prompt.voicePositions.empty());
}

TEST_CASE ("buildPrompt gives Qwen2.5's ids", "[engine][prompt]")
{
    const Ids frames { 2 };
    const std::vector<SpokenLine> lines { { 0, "Hello, world!" } };

    const Ids expected { 15226, 279,   1467, 3897,   553,    5257,   21326,  1119,  8806,  2550, 11,    34888,
                         279,   12460, 7743, 315,    1817,   19511,  18601,  624,   27930, 1946, 510,   29073,
                         220,   15,    25,   151652, 151654, 151654, 151653, 198,   2918,  1946, 510,   29073,
                         220,   15,    25,   21927,  11,     1879,   4894,   38741, 2550,  510,  151652 };
    const auto prompt = buildPrompt (*qwen(), frames, lines);
    CHECK (prompt.ids == expected);
    CHECK (prompt.voicePositions == Ids { 28, 29 });
}

TEST_CASE ("buildPrompt strips text and keeps it on one line", "[engine][prompt]")
{
    CHECK (spoken ("  Hello. \t\n") == "Hello.");
    CHECK (spoken ("\u00a0\u3000Hello.\u2003") == "Hello.");
    CHECK (spoken ("one\ntwo") == "one two");
    CHECK (spoken ("one  \r\n\n  two") == "one two");
    CHECK (spoken ("one\u2028two\u0085three\vfour") == "one two three four");
    CHECK (spoken ("one  two\tthree") == "one  two\tthree"); // as written: the original keeps it too
    CHECK (spoken ("one\n Speaker 1: two") == "one Speaker 1: two");
    CHECK (spoken ("😀") == "😀");
}

TEST_CASE ("buildPrompt refuses what cannot be spoken", "[engine][prompt]")
{
    const auto refusal = [] (const Ids& frames, const std::vector<SpokenLine>& lines) {
        return failureOf ([&] { build (frames, lines); }).message;
    };

    CHECK (refusal ({ 1 }, {}) == "there is no line to speak. Give at least one.");
    CHECK (refusal ({ 1, 0 }, { { 0, "x" } }) == "voice 1 has no audio. Choose a longer recording.");
    CHECK (refusal ({ 1 }, { { 1, "x" } }) == "speaker 1 has no voice; there are 1. Give each speaker one.");
    CHECK (refusal ({}, { { -1, "x" } }) == "speaker -1 has no voice; there are 0. Give each speaker one.");
    CHECK (refusal ({}, { { 0, " \n " } }) == "a line of speaker 0 has no text. Leave it out.");
}
