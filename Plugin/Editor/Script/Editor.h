// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Script/CompletionList.h"
#include "Editor/Script/Marks.h"
#include "Editor/Script/Moves.h"
#include "Editor/Script/SearchBar.h"
#include "Editor/Text/LeaveOnClick.h"
#include "Editor/Text/Model.h"
#include "Editor/Text/Search.h"
#include "Editor/Text/Typefaces.h"
#include "Editor/Text/View.h"

namespace tableread::plugin
{
/** The script: text with a number, a mark and the speaker's colour beside each line. What a key costs follows what is
    visible, not how long the script is. It keeps no history: it reports edits, and apply() takes them back. */
class ScriptEditor : public juce::Component,
                     public juce::TextInputTarget,
                     public juce::TooltipClient,
                     private juce::ScrollBar::Listener,
                     private juce::Timer
{
public:
    explicit ScriptEditor (std::shared_ptr<Typefaces> typefaces = Typefaces::shared());
    ~ScriptEditor() override;

    std::function<void (const TextEdit&)> onEdit;
    std::function<void()> onUndo, onRedo;            // asked for by a key or the menu …
    std::function<std::string()> undoName, redoName; // … which says what of; empty: nothing

    /** Lines are to be moved: those in the rows before another row, or by one line. Without them there is no way to. */
    std::function<void (ScriptRows rows, std::size_t before)> onMove;
    std::function<void (ScriptRows rows, bool isUp)> onMoveByOne;

    /** The user goes to the script: it gets the keyboard, or is clicked. */
    std::function<void()> onVisit;

    /** The rows that are selected, or the caret's. */
    ScriptRows selectedRows() const;

    /** Selects whole rows of the text, and shows them. */
    void selectRows (ScriptRows rows);

    struct Clipboard
    {
        std::function<void (const juce::String&)> copy = juce::SystemClipboard::copyTextToClipboard;
        std::function<juce::String()> paste = juce::SystemClipboard::getTextFromClipboard;
    } clipboard;

    /** Shows another text without calling onEdit; where it is the same as before, caret and view stay. */
    void setText (const std::string& utf8);
    std::string text() const { return model.buffer().text(); }

    /** Does an edit, or the inverse of one, and reports it; false if the text is another by now. */
    bool apply (const TextEdit& edit);

    /** Beside the lines; null: nothing. It must outlive the editor, or be taken back. */
    void setMarks (ScriptMarks* source);
    void marksChanged() { repaint(); }
    void statesChanged() { repaint (0, 0, gutterWidth(), getHeight()); } // and nothing else of the marks

    /** The names that are offered at the start of a line. */
    void setSpeakers (std::vector<std::string> names) { speakers = std::move (names); }

    void openSearch();
    void closeSearch();
    void findNext (bool forwards);

    const TextModel& state() const { return model; }
    juce::String tipAt (juce::Point<int> place) const;
    juce::String notice() const; // that is shown over the text; empty: none
    juce::PopupMenu makeMenu();  // of the right mouse button

    void paint (juce::Graphics& g) override;
    void paintOverChildren (juce::Graphics& g) override;
    void resized() override;
    bool keyPressed (const juce::KeyPress& key) override;
    void focusGained (FocusChangeType cause) override;
    void focusLost (FocusChangeType) override;
    void mouseDown (const juce::MouseEvent& event) override;
    void mouseDrag (const juce::MouseEvent& event) override;
    void mouseUp (const juce::MouseEvent& event) override;
    void mouseWheelMove (const juce::MouseEvent&, const juce::MouseWheelDetails& wheel) override;
    juce::MouseCursor getMouseCursor() override;
    juce::String getTooltip() override { return tipAt (getMouseXYRelative()); }
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;

    bool isTextInputActive() const override { return true; }
    juce::Range<int> getHighlightedRegion() const override;
    void setHighlightedRegion (const juce::Range<int>& range) override;
    void setTemporaryUnderlining (const juce::Array<juce::Range<int>>& ranges) override;
    juce::String getTextInRange (const juce::Range<int>& range) const override;
    void insertTextAtCaret (const juce::String& inserted) override;
    int getCaretPosition() const override;
    juce::Rectangle<int> getCaretRectangleForCharIndex (int index) const override;
    int getTotalNumChars() const override;
    int getCharIndexForPoint (juce::Point<int> place) const override;
    juce::RectangleList<int> getTextBounds (juce::Range<int> range) const override;

private:
    struct RowPainter;

    void scrollBarMoved (juce::ScrollBar*, double newStart) override;
    void timerCallback() override;

    bool moveByKey (const juce::KeyPress& key);
    bool moveLinesByKey (const juce::KeyPress& key);
    bool editByKey (const juce::KeyPress& key);
    bool commandByKey (const juce::KeyPress& key);
    bool completeByKey (const juce::KeyPress& key);
    bool leaveByKey (const juce::KeyPress& key);
    void acceptCompletion();
    void typeCharacter (juce::juce_wchar character);
    void offerCompletion();
    void copy();
    void openMenu();
    void updateCount();

    void edited (const TextEdit& edit);
    void show (bool revealsCaret = true); // after anything changed
    void layOut();
    int gutterWidth() const;
    juce::Rectangle<int> textArea() const; // where rows are, without the gutter
    juce::Rectangle<int> caretBounds() const;
    LineMark markOf (std::size_t line) const;
    std::optional<std::size_t> lineAt (juce::Point<int> place) const;
    TextRange rangeOf (juce::Range<int> characters) const;
    void retryAt (std::size_t line);
    bool isWholeRow (std::size_t line) const;
    void dragRows (const juce::MouseEvent& event);
    void paintRowDrag (juce::Graphics& g);

    std::shared_ptr<Typefaces> faces;
    FontMeasure measure;
    mutable TextModel model; // rows are wrapped when they are asked for
    mutable TextView view { model };
    TextSearch search;
    std::vector<std::string> speakers;
    struct TypedAhead
    {
        TextPosition behind;   // where the caret is then
        std::string_view rest; // of what came with a name, and was not typed yet
    };
    std::optional<TypedAhead> typedAhead;
    std::vector<TextRange> underlined; // by an input method
    ScriptMarks* marks = nullptr;
    TextModel::Unit dragUnit = TextModel::Unit::Character;
    struct RowDrag
    {
        ScriptRows rows;
        int pressedY = 0;
        std::size_t pressed = 0;              // the line under the mouse at first
        std::optional<std::size_t> before {}; // where they would go; empty: nowhere
        bool isMoving = false;                // else it may still be a click
    };

    std::optional<RowDrag> rowDrag; // by the numbers of selected lines
    bool isDragging = false, isCaretShown = true, isCountOld = false, hasNotice = false;

    juce::ScrollBar scrollBar { true };
    SearchBar searchBar;
    CompletionList completions;
    LeaveOnClick leaveOnClick { *this };
};
} // namespace tableread::plugin
