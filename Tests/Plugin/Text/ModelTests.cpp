// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "FixedMeasure.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
using Step = TextModel::Step;
using Unit = TextModel::Unit;

struct Page
{
    explicit Page (std::string_view text, float width = 100.0f)
    {
        model.rows().setWidth (width);
        model.setText (text);
    }

    /** Where the caret is after these steps, as "line:byte". */
    std::string after (std::initializer_list<Step> steps, bool extends = false)
    {
        for (const auto step : steps)
            model.move (step, extends, 3);
        return std::to_string (model.caret().line) + ":" + std::to_string (model.caret().byte);
    }

    FixedMeasure measure;
    TextModel model { measure };
};
} // namespace

TEST_CASE ("The caret moves by what people take for characters", "[plugin][text]")
{
    // e with an accent, a family, two flags, a syllable of three letters, a letter
    Page page ("e\u0301\U0001F468\u200D\U0001F469\u200D\U0001F467\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7"
               "\u1112\u1161\u11abx",
               1000.0f);
    CHECK (page.after ({ Step::Right }) == "0:3");
    CHECK (page.after ({ Step::Right }) == "0:21");
    CHECK (page.after ({ Step::Right }) == "0:29");
    CHECK (page.after ({ Step::Right }) == "0:37");
    CHECK (page.after ({ Step::Right }) == "0:46");
    CHECK (page.after ({ Step::Right }) == "0:47");
    CHECK (page.after ({ Step::Right }) == "0:47");
    CHECK (page.after ({ Step::Left, Step::Left }) == "0:37");
    page.model.erase (Step::Left);
    CHECK (page.after ({ Step::Left }) == "0:21");
    page.model.erase (Step::Left);
    CHECK (page.model.buffer().line (0).starts_with ("e\u0301\U0001F1E9\U0001F1EA\u1112"));
}

TEST_CASE ("The caret moves by words and over line ends", "[plugin][text]")
{
    Page page ("Anna: good  evening\n\nBen", 1000.0f);
    CHECK (page.after ({ Step::WordRight }) == "0:4");
    CHECK (page.after ({ Step::WordRight }) == "0:5");
    CHECK (page.after ({ Step::WordRight }) == "0:10");
    CHECK (page.after ({ Step::WordRight }) == "0:19");
    CHECK (page.after ({ Step::WordRight }) == "1:0");
    CHECK (page.after ({ Step::WordRight }) == "2:0");
    CHECK (page.after ({ Step::WordLeft }) == "1:0");
    CHECK (page.after ({ Step::WordLeft, Step::WordLeft }) == "0:12");
    CHECK (page.after ({ Step::TextEnd, Step::Right }) == "2:3");
    CHECK (page.after ({ Step::TextStart, Step::Left, Step::Up }) == "0:0");
    page.model.erase (Step::WordRight);
    CHECK (page.model.buffer().line (0) == ": good  evening");
}

TEST_CASE ("The caret keeps its column on the way up and down", "[plugin][text]")
{
    Page page ("good evening all\nhi\nBen: you are late");
    CHECK (page.after ({ Step::Right, Step::Right, Step::Right, Step::Right }) ==
           "0:4"); // rows: good_, evening_, all
    CHECK (page.after ({ Step::Down }) == "0:9");
    CHECK (page.after ({ Step::Down }) == "0:16");
    CHECK (page.after ({ Step::Down }) == "1:2");
    CHECK (page.after ({ Step::Down }) == "2:4");
    CHECK (page.after ({ Step::PageUp }) == "0:9");
    CHECK (page.after ({ Step::PageUp, Step::PageUp }) == "0:0");
    CHECK (page.after ({ Step::RowEnd }) == "0:5");
    CHECK (page.model.isCaretAtRowEnd());
    CHECK (page.after ({ Step::RowStart }) == "0:0");
    CHECK (page.after ({ Step::Down, Step::RowStart }) == "0:5");
    CHECK (page.after ({ Step::TextEnd, Step::Down }) == "2:17");
}

TEST_CASE ("Text is selected by keys and by characters and words and lines", "[plugin][text]")
{
    Page page ("Anna: good evening\nBen: hi\nend", 1000.0f);
    auto& model = page.model;
    page.after ({ Step::WordRight, Step::Right }, true);
    CHECK (model.selectedText() == "Anna:");
    CHECK (page.after ({ Step::Left }) == "0:0"); // gives up the selection
    model.select ({ 0, 2 }, { 0, 4 });
    CHECK (page.after ({ Step::Right }) == "0:4");

    model.selectAt ({ 0, 8 }, Unit::Word);
    CHECK (model.selectedText() == "good");
    model.extendTo ({ 0, 12 }, Unit::Word);
    CHECK (model.selectedText() == "good evening");
    model.extendTo ({ 0, 1 }, Unit::Word); // to the other side: the first word stays
    CHECK (model.selectedText() == "Anna: good");
    CHECK (model.caret() == TextPosition { 0, 0 });
    model.selectAt ({ 1, 3 }, Unit::Line);
    CHECK (model.selectedText() == "Ben: hi\n");
    model.extendTo ({ 2, 1 }, Unit::Line);
    CHECK (model.selectedText() == "Ben: hi\nend");
    model.placeCaret ({ 1, 1 });
    model.extendTo ({ 0, 16 }, Unit::Character);
    CHECK (model.selectedText() == "ng\nB");
    model.type ("x");
    CHECK (model.buffer().text() == "Anna: good evenixen: hi\nend");
    model.selectAll();
    model.erase (Step::Left);
    CHECK (model.buffer().isEmpty());
    model.erase (Step::Left);
    model.erase (Step::Right);
    CHECK (model.caret() == TextPosition {});
}

TEST_CASE ("Another text keeps the caret where it is the same", "[plugin][text]")
{
    Page page ("one\ntwo\nthree", 1000.0f);
    int edits = 0, changes = 0;
    page.model.onEdit = [&] (const TextEdit&) { ++edits; };
    page.model.onReplaced = [&] (const TextRange&, const TextPosition&) { ++changes; };
    page.model.placeCaret ({ 2, 2 });
    page.model.setText ("one\n\u4e00\u4e8c\nand\nthree");
    CHECK (page.model.buffer().text() == "one\n\u4e00\u4e8c\nand\nthree");
    CHECK (page.model.caret() == TextPosition { 3, 2 });
    page.model.setText ("one\n\u4e00\u4e09\nand\nthree"); // the bytes of one character differ
    CHECK (page.model.buffer().line (1) == "\u4e00\u4e09");
    CHECK (page.model.caret() == TextPosition { 3, 2 });
    page.model.setText ("one\n\u4e00\u4e09\nand\nthree");
    CHECK (changes == 2);
    page.model.setText ("aaa");
    page.model.setText ("aaaa");
    page.model.setText ("aa");
    CHECK (page.model.buffer().text() == "aa");
    page.model.setText ("");
    CHECK (page.model.caret() == TextPosition {});
    CHECK (edits == 0);
}
