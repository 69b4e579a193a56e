// SPDX-License-Identifier: GPL-3.0-or-later
#include <random>

#include <catch2/catch.hpp>

#include "Editor/Text/View.h"
#include "FixedMeasure.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
std::vector<std::string> wrapped (std::string_view text, float width)
{
    FixedMeasure measure;
    Boundaries boundaries;
    const auto starts = wrapRows (text, width, measure, boundaries);
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < starts.size(); ++i)
        rows.emplace_back (
            text.substr (starts[i], (i + 1 < starts.size() ? starts[i + 1] : text.size()) - starts[i]));
    return rows;
}

/** Every byte of a line is in exactly one row, and no row is too wide. */
void checkLine (TextModel& model, std::size_t line, float width)
{
    FixedMeasure measure;
    auto place = model.rows().placeOf ({ line, 0 });
    std::size_t at = 0;
    for (bool isFirst = true;; isFirst = false)
    {
        const auto row = model.rows().textOf (place);
        REQUIRE (row.line == line);
        REQUIRE (row.from == at);
        REQUIRE (row.isFirst == isFirst);
        REQUIRE (model.rows().xOf (row, row.to) <= width + 1.0f);
        at = row.to;
        if (row.isLast)
            break;
        REQUIRE (row.to > row.from);
        REQUIRE (model.rows().next (place));
    }
    REQUIRE (at == model.buffer().line (line).size());
}
} // namespace

TEST_CASE ("Rows end where Unicode lets them", "[plugin][text]")
{
    using Rows = std::vector<std::string>;
    CHECK (wrapped ("", 100) == Rows { "" });
    CHECK (wrapped ("good evening all", 100) == Rows { "good ", "evening ", "all" });
    CHECK (wrapped ("good      evening", 100) == Rows { "good      ", "evening" }); // blanks hang
    CHECK (wrapped ("abcdefghijklmnop", 50) == Rows { "abcde", "fghij", "klmno", "p" });
    CHECK (wrapped ("\u4f60\u597d\uff0c\u4e16\u754c\u3002", 60) ==
           Rows { "\u4f60\u597d\uff0c", "\u4e16\u754c\u3002" });
    CHECK (wrapped ("\u4f60\u597d\u4e16\uff0c", 60) ==
           Rows { "\u4f60\u597d", "\u4e16\uff0c" }); // no row begins with a comma
    CHECK (wrapped ("abcde\u0301f", 50) == Rows { "abcde\u0301", "f" });
    CHECK (wrapped ("x", 1) == Rows { "x" });
    CHECK (wrapped (std::string (5000, ' '), 100).size() == 3); // though they may hang
}

TEST_CASE ("A key in a line of 100 kB without a blank wraps a part of it", "[plugin][text]")
{
    constexpr float width = 700.0f;
    FixedMeasure measure;
    TextModel model (measure);
    model.rows().setWidth (width);
    const auto filler = GENERATE (std::string ("x"), std::string ("\u4f60"));
    std::string text;
    while (text.size() < 100'000)
        text += filler;
    model.setText ("Anna: hi\n" + text + "\nBen: hi");
    checkLine (model, 1, width);

    std::mt19937 random (1);
    for (int i = 0; i < 60; ++i)
    {
        const auto at =
            std::uniform_int_distribution<std::size_t> (0, model.buffer().line (1).size()) (random);
        model.placeCaret ({ 1, at });
        const auto before = model.rows().wrapped();
        if (i % 3 == 0)
            model.erase (TextModel::Step::Left);
        else
            model.type (i % 5 == 0 ? "\u00e4" : "y");
        const auto row = model.rows().textOf (model.rows().placeOf (model.caret()));
        REQUIRE (row.to - row.from <= mostRowBytes);
        REQUIRE (model.rows().wrapped() - before <= 2 * TextRows::mostBlockBytes);
    }
    checkLine (model, 1, width);
    const auto end = model.buffer().clamped ({ 1, model.buffer().line (1).size() - 3 });
    model.replace ({ model.buffer().clamped ({ 1, 3 }), end }, {});
    checkLine (model, 1, width);
    model.type (text + text);
    checkLine (model, 1, width);
}

TEST_CASE ("A key in a long script wraps its own line", "[plugin][text]")
{
    FixedMeasure measure;
    TextModel model (measure);
    TextView view (model);
    view.setSize (600.0f, 500.0f, 20.0f);
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "Anna: " + std::string (70, (char) ('a' + i % 26)) + " end.\n";
    model.setText (text);
    model.placeCaret ({ 1500, 3 });
    view.reveal (model.caret());
    view.visibleRows();
    const auto before = model.rows().wrapped();
    model.type ("x");
    view.reveal (model.caret());
    CHECK (view.visibleRows().size() >= 25);
    CHECK (model.rows().wrapped() - before == model.buffer().line (1500).size());

    model.selectAll();
    const auto all = model.rows().wrapped();
    view.visibleRows();
    CHECK (model.rows().wrapped() == all);
    model.type ("x");
    CHECK (view.rowCount() == 1);
}

TEST_CASE ("The view keeps its place while the text changes", "[plugin][text]")
{
    FixedMeasure measure;
    TextModel model (measure);
    TextView view (model);
    view.setSize (200.0f, 100.0f, 20.0f);
    std::string text;
    for (int i = 0; i < 100; ++i)
        text += "line " + std::to_string (i) + "\n";
    model.setText (text);
    view.scrollToRow (50.5);
    REQUIRE (view.visibleRows().front().text.line == 50);
    CHECK (view.visibleRows().front().y == -10.0f);

    model.replace ({ { 10, 0 }, { 10, 0 } }, "new\nnew\n");
    CHECK (view.visibleRows().front().text.line == 52);
    model.replace ({ { 2, 0 }, { 12, 0 } }, {});
    CHECK (view.visibleRows().front().text.line == 42);
    CHECK (view.visibleRows().front().y == -10.0f);
    view.setSize (60.0f, 100.0f, 20.0f); // each line has two rows now
    CHECK (view.visibleRows().front().text.line == 42);

    view.setSize (200.0f, 100.0f, 20.0f);
    view.reveal ({ 0, 0 });
    CHECK (view.visibleRows().front().text.line == 0);
    CHECK (view.firstRow() == 0.0);
    view.reveal (model.buffer().end());
    CHECK (view.visibleRows().back().text.line == model.buffer().end().line);
    CHECK (view.visibleRows().back().y == 80.0f);
    view.scrollBy (-30.0f);
    CHECK (view.visibleRows().back().y == 90.0f);
    view.scrollBy (1.0e6f);
    CHECK (view.visibleRows().back().y == 80.0f);
    model.selectAll();
    model.type ("one");
    CHECK (view.visibleRows().size() == 1);
    CHECK (view.visibleRows().front().y == 0.0f);
}

TEST_CASE ("A place on the screen and a place in the text are each other's", "[plugin][text]")
{
    FixedMeasure measure;
    TextModel model (measure);
    TextView view (model);
    view.setSize (100.0f, 400.0f, 20.0f);
    model.setText ("Anna: good evening \u4f60\u597d\nBen: e\u0301e\u0301 and abcdefghijklmnopqrstuvw\n\nend");
    int places = 0;
    for (TextPosition at; at != model.buffer().end(); ++places)
    {
        for (const bool isEnd : { false, true })
        {
            const auto point = view.pointOf (at, isEnd);
            REQUIRE (point);
            const auto [found, foundEnd] = view.positionAt (point->first + 1.0f, point->second + 5.0f);
            REQUIRE (found == at);
            REQUIRE (view.pointOf (found, foundEnd) == point);
        }
        model.placeCaret (at);
        model.move (TextModel::Step::Right, false);
        REQUIRE (model.caret() > at);
        at = model.caret();
    }
    CHECK (places == 21 + 1 + 35 + 1 + 1 + 3);
}
