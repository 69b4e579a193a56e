// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "FixedMeasure.h"
#include "Script/Text.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
using Random = std::mt19937;

std::size_t below (Random& random, std::size_t end)
{
    return std::uniform_int_distribution<std::size_t> (0, end - 1) (random);
}

/** Latin, Chinese, emoji of several characters, marks, line ends. */
std::u32string randomText (Random& random)
{
    static const std::vector<std::u32string> pieces {
        U"a",       U"Anna: ",
        U" ",       U"\n",
        U"\n\n",    U"\u4f60\u597d\uff0c",
        U"e\u0301", U"\U0001F468\u200D\U0001F469\u200D\U0001F467",
        U"\t",      U"\u00df",
        U"\uac00",  U"word word-word."
    };
    std::u32string text;
    for (auto count = below (random, 6); count > 0; --count)
        text += pieces[below (random, pieces.size())];
    return text;
}

/** What an editor without a model would do: characters in one row. */
struct Reference
{
    std::u32string text;
    std::vector<TextEdit> edits = {};
    std::string mirror = {}; // made from the reported edits alone

    void follow (TextModel& model)
    {
        model.onEdit = [this] (const TextEdit& edit) {
            REQUIRE (mirror.substr (edit.at, edit.removed.size()) == edit.removed);
            REQUIRE ((std::size_t) std::count (mirror.begin(), mirror.begin() + (std::ptrdiff_t) edit.at,
                                               '\n') == edit.firstLine);
            mirror.replace (edit.at, edit.removed.size(), edit.inserted);
            edits.push_back (edit);
        };
    }
};
} // namespace

TEST_CASE ("Random edits leave the text that a plain string has", "[plugin][text]")
{
    const auto seed = GENERATE (1u, 2u, 3u, 4u, 5u, 6u);
    Random random (seed);
    FixedMeasure measure;
    TextModel model (measure);
    model.rows().setWidth (120.0f);
    Reference reference;
    reference.follow (model);

    for (int i = 0; i < 400; ++i)
    {
        const auto from = below (random, reference.text.size() + 1);
        const auto to = std::min (reference.text.size(), from + below (random, i % 40 == 0 ? 400 : 12));
        const auto inserted = randomText (random);
        if (from == to && inserted.empty()) // no edit: the caret stays
            continue;
        reference.text.replace (from, to - from, inserted);
        const auto& buffer = model.buffer();
        model.replace ({ buffer.positionOfCharacter (from), buffer.positionOfCharacter (to) },
                       encodeUtf8 (inserted));

        const auto expected = encodeUtf8 (reference.text);
        REQUIRE (buffer.text() == expected);
        REQUIRE (reference.mirror == expected);
        REQUIRE (buffer.size() == expected.size());
        const auto caret = from + inserted.size();
        REQUIRE (buffer.characterOf (model.caret()) == caret);
        REQUIRE (buffer.positionOfCharacter (caret) == model.caret());
        REQUIRE (buffer.positionOfByte (buffer.byteOf (model.caret())) == model.caret());

        if (i % 20 == 0)
        {
            Boundaries boundaries;
            TextRows anew (buffer, measure, boundaries);
            anew.setWidth (120.0f);
            REQUIRE (rowsOf (model.rows()) == rowsOf (anew));
            REQUIRE (model.rows().total() == anew.total());
        }
    }

    model.onEdit = nullptr; // apply() reports too
    for (auto edit = reference.edits.rbegin(); edit != reference.edits.rend(); ++edit)
        REQUIRE (model.apply (edit->inverse()));
    CHECK (model.buffer().isEmpty());
}

TEST_CASE ("Text from anywhere becomes text that an editor can show", "[plugin][text]")
{
    CHECK (cleanText ("a\r\nb\rc\nd") == "a\nb\nc\nd");
    CHECK (cleanText (std::string_view ("a\0b\x7f\x1b[1m\tc", 10)) == "ab[1m\tc");
    CHECK (cleanText ("\xff\xc3(\xe4\xbd") == "\ufffd\ufffd(\ufffd");
    CHECK (cleanText ("\u4f60\U0001F600") == "\u4f60\U0001F600");
}

TEST_CASE ("Positions outside of the text are brought into it", "[plugin][text]")
{
    TextBuffer buffer;
    buffer.replace ({}, "ab\n\u4f60c");
    CHECK (buffer.clamped ({ 9, 9 }) == TextPosition { 1, 4 });
    CHECK (buffer.clamped ({ 0, 9 }) == TextPosition { 0, 2 });
    CHECK (buffer.clamped ({ 1, 2 }) == TextPosition { 1, 0 }); // inside of a character
    CHECK (buffer.positionOfByte (4) == TextPosition { 1, 0 });
    CHECK (buffer.positionOfByte (99) == buffer.end());
    CHECK (buffer.positionOfCharacter (99) == buffer.end());
    CHECK (buffer.text ({ { 0, 1 }, { 1, 3 } }) == "b\n\u4f60");
}

TEST_CASE ("An edit of another text is refused", "[plugin][text]")
{
    FixedMeasure measure;
    TextModel model (measure);
    model.setText ("one two");
    CHECK_FALSE (model.apply ({ 4, "tWo", "x", 0 }));
    CHECK_FALSE (model.apply ({ 4, "twoo", "x", 0 }));
    CHECK_FALSE (model.apply ({ 40, {}, "x", 0 }));
    CHECK (model.apply ({ 4, "two", "three", 0 }));
    CHECK (model.buffer().text() == "one three");
}
