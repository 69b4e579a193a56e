// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Editor.h"
#include "Editor/Script/Look.h"

namespace tableread::plugin
{
namespace
{
/** What a screen reader reads and moves in. */
class ScriptText : public juce::AccessibilityTextInterface
{
public:
    explicit ScriptText (ScriptEditor& shown) : editor (shown) {}

    bool isDisplayingProtectedText() const override { return false; }
    bool isReadOnly() const override { return false; }
    int getTotalNumCharacters() const override { return editor.getTotalNumChars(); }
    juce::Range<int> getSelection() const override { return editor.getHighlightedRegion(); }
    void setSelection (juce::Range<int> range) override { editor.setHighlightedRegion (range); }
    int getTextInsertionOffset() const override { return editor.getCaretPosition(); }
    juce::String getText (juce::Range<int> range) const override { return editor.getTextInRange (range); }

    void setText (const juce::String& text) override
    {
        editor.setHighlightedRegion ({ 0, editor.getTotalNumChars() });
        editor.insertTextAtCaret (text);
    }

    juce::RectangleList<int> getTextBounds (juce::Range<int> range) const override
    {
        juce::RectangleList<int> bounds;
        for (const auto& part : editor.getTextBounds (range))
            bounds.add (editor.localAreaToGlobal (part));
        return bounds;
    }

    int getOffsetAtPoint (juce::Point<int> point) const override
    {
        return editor.getCharIndexForPoint (editor.getLocalPoint (nullptr, point));
    }

private:
    ScriptEditor& editor;
};
} // namespace

std::unique_ptr<juce::AccessibilityHandler> ScriptEditor::createAccessibilityHandler()
{
    juce::AccessibilityHandler::Interfaces interfaces (std::make_unique<ScriptText> (*this));
    return std::make_unique<juce::AccessibilityHandler> (
        *this, juce::AccessibilityRole::editableText, juce::AccessibilityActions {}, std::move (interfaces));
}

TextRange ScriptEditor::rangeOf (juce::Range<int> characters) const
{
    const auto position = [this] (int character) {
        return model.buffer().positionOfCharacter ((std::size_t) std::max (0, character));
    };
    return { position (characters.getStart()), position (characters.getEnd()) };
}

juce::Range<int> ScriptEditor::getHighlightedRegion() const
{
    const auto chosen = model.selection();
    return { (int) model.buffer().characterOf (chosen.from), (int) model.buffer().characterOf (chosen.to) };
}

void ScriptEditor::setHighlightedRegion (const juce::Range<int>& range)
{
    const auto chosen = rangeOf (range);
    model.select (chosen.from, chosen.to);
    show();
}

void ScriptEditor::setTemporaryUnderlining (const juce::Array<juce::Range<int>>& ranges)
{
    underlined.clear();
    for (const auto& range : ranges)
        underlined.push_back (rangeOf (range));
    repaint();
}

juce::String ScriptEditor::getTextInRange (const juce::Range<int>& range) const
{
    return juce::String::fromUTF8 (model.buffer().text (rangeOf (range)).c_str());
}

void ScriptEditor::insertTextAtCaret (const juce::String& inserted)
{
    model.type (inserted.toStdString());
    show();
}

int ScriptEditor::getCaretPosition() const
{
    return (int) model.buffer().characterOf (model.caret());
}

juce::Rectangle<int> ScriptEditor::caretBounds() const
{
    const auto area = textArea();
    const auto place = view.pointOf (model.caret(), model.isCaretAtRowEnd());
    if (! place)
        return {};
    const auto x = std::min (place->first, (float) area.getWidth() + 2.0f);
    return { area.getX() + (int) x - 1, area.getY() + (int) place->second, 2, look::rowHeight };
}

juce::Rectangle<int> ScriptEditor::getCaretRectangleForCharIndex (int index) const
{
    const auto area = textArea();
    const auto position = model.buffer().positionOfCharacter ((std::size_t) std::max (0, index));
    const auto place = view.pointOf (position).value_or (std::pair { 0.0f, 0.0f });
    return { area.getX() + (int) place.first, area.getY() + (int) place.second, 2, look::rowHeight };
}

int ScriptEditor::getTotalNumChars() const
{
    return (int) model.buffer().characterOf (model.buffer().end());
}

int ScriptEditor::getCharIndexForPoint (juce::Point<int> place) const
{
    const auto area = textArea();
    const auto position =
        view.positionAt ((float) (place.x - area.getX()), (float) (place.y - area.getY())).first;
    return (int) model.buffer().characterOf (position);
}

juce::RectangleList<int> ScriptEditor::getTextBounds (juce::Range<int> range) const
{
    const auto wanted = rangeOf (range);
    const auto area = textArea();
    juce::RectangleList<int> bounds;
    for (const auto& row : view.visibleRows())
    {
        const TextPosition start { row.text.line, row.text.from }, end { row.text.line, row.text.to };
        const auto from = std::max (start, wanted.from), to = std::min (end, wanted.to);
        if (from >= to)
            continue;
        const auto left = model.rows().xOf (row.text, from.byte),
                   right = model.rows().xOf (row.text, to.byte);
        bounds.add (juce::Rectangle<float> ((float) area.getX() + left, (float) area.getY() + row.y,
                                            right - left, (float) look::rowHeight)
                        .getSmallestIntegerContainer());
    }
    return bounds;
}
} // namespace tableread::plugin
