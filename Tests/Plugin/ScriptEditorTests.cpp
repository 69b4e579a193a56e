// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdlib>

#include <catch2/catch.hpp>

#include "Editor/Look/Theme.h"
#include "Editor/Script/Editor.h"

using namespace tableread::plugin;

namespace
{
using juce::KeyPress;
using juce::ModifierKeys;

/** Mixed colours are rounded in more than one way. */
bool isNear (juce::Colour a, juce::Colour b)
{
    return std::abs (a.getRed() - b.getRed()) <= 2 && std::abs (a.getGreen() - b.getGreen()) <= 2 &&
           std::abs (a.getBlue() - b.getBlue()) <= 2;
}

/** The script's editor without a window, used by keys and clicks. */
struct Sheet
{
    explicit Sheet (const std::string& text = {}, const std::shared_ptr<Typefaces>& faces = nullptr)
        : script (faces == nullptr ? Typefaces::shared() : faces)
    {
        script.setLookAndFeel (&theme);
        script.clipboard.copy = [this] (const juce::String& copied) { board = copied; };
        script.clipboard.paste = [this] { return board; };
        script.onEdit = [this] (const TextEdit& edit) { edits.push_back (edit); };
        script.setSize (600, 300);
        script.setText (text);
        click (12, 0); // into the text
    }

    ~Sheet() { script.setLookAndFeel (nullptr); }

    bool press (int code, int modifiers = 0)
    {
        return script.keyPressed (KeyPress (code, ModifierKeys (modifiers), 0));
    }

    bool command (char letter, int more = 0) { return press (letter, ModifierKeys::commandModifier | more); }

    void type (const juce::String& text)
    {
        for (auto at = text.getCharPointer(); ! at.isEmpty();)
        {
            const auto character = at.getAndAdvance();
            if (character == '\n')
                press (KeyPress::returnKey);
            else
                CHECK (script.keyPressed (KeyPress ((int) character, {}, character)));
        }
    }

    juce::MouseEvent mouse (juce::Point<int> place, int clicks = 1,
                            int modifiers = ModifierKeys::leftButtonModifier)
    {
        const auto now = juce::Time::getCurrentTime();
        return { juce::Desktop::getInstance().getMainMouseSource(),
                 place.toFloat(),
                 ModifierKeys (modifiers),
                 0.0f,
                 0.0f,
                 0.0f,
                 0.0f,
                 0.0f,
                 &script,
                 &script,
                 now,
                 place.toFloat(),
                 now,
                 clicks,
                 false };
    }

    /** In the middle of a character of a row. */
    juce::Point<int> place (int character, int row) const
    {
        const auto start = script.getCaretRectangleForCharIndex (0);
        return { start.getX() + 4 + character * 9, start.getY() + 11 + row * 22 };
    }

    void click (int character, int row, int clicks = 1, int modifiers = ModifierKeys::leftButtonModifier)
    {
        script.mouseDown (mouse (place (character, row), clicks, modifiers));
    }

    juce::Image picture() { return script.createComponentSnapshot (script.getLocalBounds()); }

    int pixels (juce::Colour colour)
    {
        const auto image = picture();
        int count = 0;
        for (int y = 0; y < image.getHeight(); ++y)
            for (int x = 0; x < image.getWidth(); ++x)
                count += isNear (image.getPixelAt (x, y), colour) ? 1 : 0;
        return count;
    }

    juce::ScopedJuceInitialiser_GUI juce;
    Theme theme;
    juce::String board;
    std::vector<TextEdit> edits;
    ScriptEditor script;
};

struct FakeMarks : ScriptMarks
{
    LineMark markOf (std::size_t line) const override
    {
        asked.push_back (line);
        return line < lines.size() ? lines[line] : LineMark {};
    }

    void retry (std::size_t line) override { retried.push_back (line); }

    std::vector<LineMark> lines;
    std::vector<std::size_t> retried;
    mutable std::vector<std::size_t> asked;
};
} // namespace

TEST_CASE ("The script is typed and reported", "[plugin][script]")
{
    Sheet sheet;
    sheet.type ("Anna: hi\nBen: yes");
    CHECK (sheet.script.text() == "Anna: hi\nBen: yes");
    REQUIRE (sheet.edits.size() == 17);
    CHECK (sheet.edits[9] == TextEdit { 9, {}, "B", 1 });
    sheet.press (KeyPress::backspaceKey);
    CHECK (sheet.edits.back() == TextEdit { 16, "s", {}, 1 });
    sheet.press (KeyPress::homeKey);
    sheet.press (KeyPress::deleteKey);
    CHECK (sheet.script.text() == "Anna: hi\nen: ye");
    sheet.press (KeyPress::leftKey, ModifierKeys::shiftModifier);
    sheet.type (" ");
    CHECK (sheet.script.text() == "Anna: hi en: ye");
    sheet.script.setText ("x");
    CHECK (sheet.edits.back().inserted == " "); // setText is not reported
}

TEST_CASE ("Keys that are not for the script are left to the host", "[plugin][script]")
{
    Sheet sheet ("Anna: hi");
    CHECK_FALSE (sheet.press (KeyPress::tabKey));
    CHECK_FALSE (sheet.script.keyPressed (KeyPress (KeyPress::tabKey, {}, '\t')));
    CHECK_FALSE (sheet.press (KeyPress::F5Key));
    CHECK_FALSE (sheet.press (KeyPress::playKey));
    CHECK_FALSE (sheet.command ('s'));
    CHECK_FALSE (sheet.command ('z')); // nobody keeps a history here
    CHECK_FALSE (sheet.script.keyPressed (KeyPress ('x', ModifierKeys::altModifier, 'x')));
    CHECK (sheet.script.keyPressed (KeyPress (KeyPress::spaceKey, {}, ' ')));
    CHECK (sheet.edits.size() == 1);
    int undone = 0, redone = 0;
    sheet.script.onUndo = [&] { ++undone; };
    sheet.script.onRedo = [&] { ++redone; };
    CHECK (sheet.command ('z'));
    CHECK (sheet.command ('y'));
    CHECK (sheet.command ('z', ModifierKeys::shiftModifier));
    CHECK (undone == 1);
    CHECK (redone == 2);
    CHECK (sheet.script.apply (sheet.edits.front().inverse()));
    CHECK (sheet.script.text() == "Anna: hi");
}

TEST_CASE ("Text is cut and copied and pasted", "[plugin][script]")
{
    Sheet sheet ("Anna: good evening\nBen: hi");
    CHECK (sheet.command ('c'));
    CHECK (sheet.board.isEmpty());
    sheet.command ('a');
    sheet.command ('c');
    CHECK (sheet.board == "Anna: good evening\nBen: hi");
    sheet.press (KeyPress::deleteKey, ModifierKeys::shiftModifier);
    CHECK (sheet.script.text().empty());
    sheet.board = juce::String::fromUTF8 ("one\r\ntwo \u4f60");
    sheet.command ('v');
    sheet.press (KeyPress::insertKey, ModifierKeys::shiftModifier);
    CHECK (sheet.script.text() == "one\ntwo \u4f60one\ntwo \u4f60");
}

TEST_CASE ("The mouse places the caret and selects", "[plugin][script]")
{
    Sheet sheet ("iiiiiiii wwww oooo\nBen: hi\nend");
    auto& script = sheet.script;
    const auto pressAt = [&] (int index, int clicks, int modifiers = ModifierKeys::leftButtonModifier) {
        script.mouseDown (
            sheet.mouse (script.getCaretRectangleForCharIndex (index).getCentre(), clicks, modifiers));
    };
    const auto dragTo = [&] (int index) {
        script.mouseDrag (sheet.mouse (script.getCaretRectangleForCharIndex (index).getCentre()));
    };
    pressAt (3, 1);
    CHECK (script.getCaretPosition() == 3);
    dragTo (6);
    CHECK (script.getHighlightedRegion() == juce::Range<int> (3, 6));
    pressAt (11, 2);
    CHECK (script.getHighlightedRegion() == juce::Range<int> (9, 13));
    dragTo (16);
    CHECK (script.getHighlightedRegion() == juce::Range<int> (9, 18));
    pressAt (20, 3);
    CHECK (script.getHighlightedRegion() == juce::Range<int> (19, 27));
    pressAt (2, 1);
    pressAt (22, 1, ModifierKeys::leftButtonModifier | ModifierKeys::shiftModifier);
    CHECK (script.getHighlightedRegion() == juce::Range<int> (2, 22));
    script.mouseDown (
        sheet.mouse ({ 30, script.getCaretRectangleForCharIndex (19).getCentreY() })); // its number
    CHECK (script.getHighlightedRegion() == juce::Range<int> (19, 27));
    CHECK (sheet.pixels (Theme::field.overlaidWith (Theme::accent.withAlpha (0.28f))) > 500);
}

TEST_CASE ("A name is completed", "[plugin][script]")
{
    Sheet sheet;
    sheet.script.setSpeakers ({ "Anna", "Anton", "Ben" });
    sheet.type ("a");
    CHECK (sheet.press (KeyPress::downKey));
    CHECK (sheet.press (KeyPress::returnKey));
    CHECK (sheet.script.text() == "Anton: ");
    sheet.type ("hi\nb");
    CHECK (sheet.press (KeyPress::returnKey));
    CHECK (sheet.script.text() == "Anton: hi\nBen: ");
    sheet.type ("yes\na");
    CHECK (sheet.press (KeyPress::escapeKey)); // no, as it is
    sheet.press (KeyPress::returnKey);
    CHECK (sheet.script.text() == "Anton: hi\nBen: yes\na\n");
    sheet.type ("apple"); // "a" and "ap" begin a name or none
    sheet.press (KeyPress::returnKey);
    CHECK (sheet.script.text() == "Anton: hi\nBen: yes\na\napple\n");
}

TEST_CASE ("Words are searched in the script", "[plugin][script]")
{
    Sheet sheet ("Anna: hi\nBen: anna\nAnna: Anna");
    auto& script = sheet.script;
    SearchBar* bar = nullptr;
    for (auto* child : script.getChildren())
        bar = bar == nullptr ? dynamic_cast<SearchBar*> (child) : bar;
    REQUIRE (bar != nullptr);
    CHECK_FALSE (bar->isVisible());
    script.setHighlightedRegion ({ 0, 4 });
    CHECK (sheet.command ('f'));
    CHECK (bar->isVisible());
    CHECK (bar->wanted() == "Anna");
    CHECK (bar->countText() == "1 of 4");
    CHECK (sheet.press (KeyPress::F3Key));
    CHECK (script.getHighlightedRegion() == juce::Range<int> (14, 18));
    CHECK (bar->countText() == "2 of 4");
    CHECK (sheet.press (KeyPress::F3Key, ModifierKeys::shiftModifier));
    CHECK (sheet.press (KeyPress::F3Key, ModifierKeys::shiftModifier)); // over the start to the last one
    CHECK (script.getHighlightedRegion() == juce::Range<int> (25, 29));
    CHECK (bar->countText() == "4 of 4");
    CHECK (sheet.pixels (Theme::field.overlaidWith (Theme::accent.withAlpha (0.3f))) > 200);
    bar->setWanted ("nobody");
    bar->onChange();
    CHECK (bar->countText() == "Not found");
    bar->onClose();
    CHECK_FALSE (bar->isVisible());
}

TEST_CASE ("Marks beside the lines are those of the lines that are seen", "[plugin][script]")
{
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "Anna: line\n";
    Sheet sheet (text);
    FakeMarks marks;
    marks.lines.resize (3001);
    marks.lines[0] = { LineMark::State::Failed, 0.0f, "no such voice", 0xff6fb3f2, 5, false };
    marks.lines[1] = { LineMark::State::Rendering, 0.4f, {}, 0xfff09a6a, 5, true };
    sheet.script.setMarks (&marks);
    CHECK (sheet.pixels (Theme::bad) > 20);
    CHECK (marks.asked.size() < 20);
    CHECK (sheet.pixels (juce::Colour (0xff6fb3f2)) > 60); // the stripe and the name
    CHECK (sheet.pixels (Theme::field.overlaidWith (juce::Colour (0xfff09a6a).withAlpha (0.14f))) > 2000);

    const auto first = sheet.script.getCaretRectangleForCharIndex (0).getCentreY();
    CHECK (sheet.script.tipAt ({ 8, first }) == "no such voice\nClick to try again");
    CHECK (sheet.script.tipAt ({ 8, first + 22 }) == "Rendering, 40 %");
    CHECK (sheet.script.tipAt ({ 300, first }).isEmpty());
    sheet.script.mouseDown (sheet.mouse ({ 8, first }));
    sheet.script.mouseDown (sheet.mouse ({ 8, first + 22 })); // nothing to try again: selects the line
    CHECK (marks.retried == std::vector<std::size_t> { 0 });
    CHECK (sheet.script.getHighlightedRegion() == juce::Range<int> (11, 22));

    sheet.press (KeyPress::endKey, ModifierKeys::ctrlModifier);
    marks.asked.clear();
    sheet.picture();
    CHECK (marks.asked.size() < 20);
    CHECK (*std::min_element (marks.asked.begin(), marks.asked.end()) > 2980);
    sheet.script.setMarks (nullptr);
}

TEST_CASE ("An input method and a screen reader see characters", "[plugin][script]")
{
    Sheet sheet (std::string ("Anna: \u4f60\u597d\nend"));
    auto& script = sheet.script;
    CHECK (script.getTotalNumChars() == 12);
    script.setHighlightedRegion ({ 6, 8 });
    CHECK (script.getTextInRange ({ 6, 9 }) == juce::String::fromUTF8 ("\u4f60\u597d\n"));
    script.insertTextAtCaret (juce::String::fromUTF8 ("\u4e16\u754c\u4eba"));
    CHECK (script.text() == "Anna: \u4e16\u754c\u4eba\nend");
    CHECK (script.getCaretPosition() == 9);
    const auto before = sheet.pixels (Theme::text);
    script.setTemporaryUnderlining ({ juce::Range<int> (6, 9) });
    CHECK (sheet.pixels (Theme::text) > before + 20);
    CHECK (script.getTextBounds ({ 4, 12 }).getNumRectangles() == 2);
    const auto place = script.getCaretRectangleForCharIndex (11).getCentre();
    CHECK (script.getCharIndexForPoint (place.translated (1, 0)) == 11);

    const auto handler = script.createAccessibilityHandler();
    REQUIRE (handler != nullptr);
    CHECK (handler->getRole() == juce::AccessibilityRole::editableText);
    CHECK (handler->getTitle() == "Script");
    auto* reader = handler->getTextInterface();
    REQUIRE (reader != nullptr);
    reader->setSelection ({ 0, 4 });
    CHECK (reader->getSelection() == juce::Range<int> (0, 4));
    CHECK (reader->getAllText() == juce::String::fromUTF8 (script.text().c_str()));
    reader->setText ("new");
    CHECK (script.text() == "new");
}

TEST_CASE ("Without a font for Chinese the editor names the package", "[plugin][script]")
{
    const juce::ScopedJuceInitialiser_GUI juce;
    const auto none = std::make_shared<Typefaces> ([] { return std::nullopt; });
    Sheet sheet ("Anna: hi", none);
    sheet.picture();
    CHECK (sheet.script.notice().isEmpty());
    sheet.script.setText ("Anna: \u4f60\u597d");
    sheet.picture();
    if (none->lacksCjk()) // the system's default font may have them
        CHECK (sheet.script.notice().contains ("fonts-noto-cjk"));
    else
        CHECK (sheet.script.notice().isEmpty());
}

TEST_CASE ("Each character has the font that has it", "[plugin][text]")
{
    const juce::ScopedJuceInitialiser_GUI juce;
    Typefaces faces ([] { return std::nullopt; });
    CHECK (faces.glyph (U'a').face == Typefaces::Bundled);
    CHECK (faces.glyph (U'\u0416').face == Typefaces::Bundled);
    CHECK (faces.glyph (U'\u03a9').face == Typefaces::Bundled);
    CHECK (faces.glyph (U'\u0259').face == Typefaces::Bundled);
    CHECK (faces.glyph (U'a').advance > 0.3f);
    CHECK (faces.glyph (U'\u0301').advance == 0.0f);
    CHECK (faces.glyph (U'\u200d').advance == 0.0f);
    CHECK (faces.glyph (U'\t').advance == Approx (4.0f * faces.glyph (U' ').advance));
    CHECK_FALSE (faces.lacksCjk());
    CHECK (faces.glyph (U'\U000e0fff').advance == 0.0f); // ignorable
    CHECK (faces.glyph (U'\uac00').advance > 0.0f);      // a box, if nothing has it
}

TEST_CASE ("A click elsewhere takes the keyboard from the script", "[plugin][script]")
{
    Sheet sheet ("Anna: hi");
    juce::Component window, other;
    window.addAndMakeVisible (sheet.script);
    window.addAndMakeVisible (other);
    LeaveOnClick leave (sheet.script);
    auto event = sheet.mouse ({ 5, 5 });
    CHECK_FALSE (leave.wasJustLeft());
    leave.mouseDown (event);
    CHECK_FALSE (leave.wasJustLeft());
    leave.mouseDown (event.getEventRelativeTo (&other).withNewPosition (juce::Point<int> (1, 1)));
    CHECK_FALSE (leave.wasJustLeft()); // still the script's, wherever it is seen from
    const juce::MouseEvent elsewhere (event.source, { 1.0f, 1.0f }, event.mods, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
                                      &other, &other, event.eventTime, { 1.0f, 1.0f }, event.eventTime, 1,
                                      false);
    leave.mouseDown (elsewhere);
    CHECK (leave.wasJustLeft());
    leave.mouseDown (event);
    CHECK_FALSE (leave.wasJustLeft());
    window.removeAllChildren();
}

TEST_CASE ("Selected lines are dragged by their numbers to another place", "[plugin][script]")
{
    Sheet sheet ("Anna: One.\nBen: Two.\nAnna: Three.\nBen: Four.");
    std::vector<std::pair<ScriptRows, std::size_t>> moves;
    sheet.script.onMove = [&] (ScriptRows rows, std::size_t before) { moves.emplace_back (rows, before); };
    const auto number = [&] (int row) { return sheet.place (0, row).withX (24); };
    const auto press = [&] (int row) { sheet.script.mouseDown (sheet.mouse (number (row))); };
    const auto dragTo = [&] (int row, int within = 0) {
        sheet.script.mouseDrag (sheet.mouse (number (row).translated (0, within)));
    };
    const auto release = [&] { sheet.script.mouseUp (sheet.mouse (number (0))); };

    press (1); // the first press selects
    release();
    CHECK (sheet.script.state().selectedText() == "Ben: Two.\n");
    press (1);
    dragTo (3, -8);
    CHECK (sheet.pixels (Theme::accent) > 400); // where it would go
    dragTo (3, 8);
    release();
    REQUIRE (moves.size() == 1);
    CHECK (moves[0] == std::pair (ScriptRows { 1, 1 }, std::size_t { 4 }));
    CHECK (sheet.edits.empty()); // whoever is asked to move them edits
    CHECK (sheet.script.state().selectedText() == "Ben: Two.\n");

    SECTION ("several at once")
    {
        press (0);
        dragTo (1); // from an unselected one: selects
        release();
        CHECK (moves.size() == 1);
        CHECK (sheet.script.state().selectedText() == "Anna: One.\nBen: Two.\n");
        press (0);
        dragTo (3, -8);
        release();
        REQUIRE (moves.size() == 2);
        CHECK (moves[1] == std::pair (ScriptRows { 0, 1 }, std::size_t { 3 }));
    }
    SECTION ("back to where they are")
    {
        press (1);
        dragTo (3);
        dragTo (1, 6);
        release();
        CHECK (moves.size() == 1);
        CHECK (sheet.script.state().selectedText() == "Ben: Two.\n");
    }
    SECTION ("a click selects one")
    {
        sheet.script.selectRows ({ 0, 3 });
        press (2);
        release();
        CHECK (sheet.script.state().selectedText() == "Anna: Three.\n");
        CHECK (moves.size() == 1);
    }
}

TEST_CASE ("Lines are moved by keys", "[plugin][script]")
{
    Sheet sheet ("Anna: One.\nBen: Two.\nAnna: Three.");
    CHECK_FALSE (sheet.press (KeyPress::upKey, ModifierKeys::altModifier)); // nobody moves lines here
    std::vector<std::pair<ScriptRows, bool>> moves;
    sheet.script.onMoveByOne = [&] (ScriptRows rows, bool isUp) { moves.emplace_back (rows, isUp); };
    sheet.click (3, 1);
    CHECK (sheet.press (KeyPress::upKey, ModifierKeys::altModifier));
    sheet.script.selectRows ({ 0, 1 });
    CHECK (sheet.press (KeyPress::downKey, ModifierKeys::altModifier));
    REQUIRE (moves.size() == 2);
    CHECK (moves[0] == std::pair (ScriptRows { 1, 1 }, true));
    CHECK (moves[1] == std::pair (ScriptRows { 0, 1 }, false));
    CHECK (sheet.edits.empty());
}

TEST_CASE ("Who types the colon behind a completed name has one", "[plugin][script]")
{
    Sheet sheet;
    sheet.script.setSpeakers ({ "Grazyna" });
    sheet.type ("Gra");
    REQUIRE (sheet.press (KeyPress::returnKey));
    REQUIRE (sheet.script.text() == "Grazyna: ");
    SECTION ("by habit")
    {
        sheet.type (": Ok: yes");
        CHECK (sheet.script.text() == "Grazyna: Ok: yes");
    }
    SECTION ("only there, and only once")
    {
        sheet.type ("::");
        CHECK (sheet.script.text() == "Grazyna: :");
    }
    SECTION ("not later")
    {
        sheet.type ("a");
        sheet.press (KeyPress::backspaceKey);
        sheet.type (":");
        CHECK (sheet.script.text() == "Grazyna: :");
    }
}
