// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Editor.h"

#include <algorithm>
#include <cmath>

#include "Editor/Look/Theme.h"
#include "Editor/Script/Look.h"
#include "Editor/Script/StateIcon.h"
#include "Editor/Text/Utf8.h"

namespace tableread::plugin
{
/** Draws the rows that are seen. */
struct ScriptEditor::RowPainter
{
    RowPainter (const ScriptEditor& shown, juce::Graphics& graphics)
        : editor (shown)
        , g (graphics)
        , area (shown.textArea())
        , chosen (shown.model.selection())
        , baseline (std::round (((float) look::rowHeight - look::fontHeight) * 0.5f +
                                shown.faces->ascent() * look::fontHeight))
    {}

    void paint (const TextView::Row& row)
    {
        top = (float) area.getY() + row.y;
        const auto mark = editor.markOf (row.text.line);
        const juce::Colour colour (mark.colour);
        if (mark.isSounding)
        {
            g.setColour (colour.withAlpha (0.14f));
            g.fillRect (juce::Rectangle<float> ((float) editor.gutterWidth(), top, (float) area.getRight(),
                                                (float) look::rowHeight));
        }
        if (editor.searchBar.isVisible())
            paintMatches (row.text);
        paintSelection (row.text);
        paintGutter (row.text, mark);
        paintText (row.text, mark);
        for (const auto& range : editor.underlined)
            underline (row.text, range);
    }

private:
    /** Also the part of a match that begins in the row before. */
    void paintMatches (const RowText& row)
    {
        constexpr std::size_t reach = 200; // bytes around the row, as its line may be long
        const std::string_view line = editor.model.buffer().line (row.line);
        const auto start = startOfCharacter (line, row.from > reach ? row.from - reach : 0);
        const auto part = line.substr (start, startOfCharacter (line, row.to + reach) - start);
        g.setColour (Theme::accent.withAlpha (0.3f));
        for (const auto& [from, to] : editor.search.in (part))
            if (start + to > row.from && start + from < row.to)
                fill (row, std::max (start + from, row.from), std::min (start + to, row.to));
    }

    float xOf (const RowText& row, std::size_t byte) const
    {
        return (float) area.getX() + editor.model.rows().xOf (row, byte);
    }

    void fill (const RowText& row, std::size_t from, std::size_t to, float more = 0.0f)
    {
        const auto left = xOf (row, from), right = xOf (row, to) + more;
        g.fillRect (juce::Rectangle<float> (left, top, right - left, (float) look::rowHeight));
    }

    void paintSelection (const RowText& row)
    {
        const TextPosition start { row.line, row.from }, end { row.line, row.to };
        const auto from = std::max (start, chosen.from), to = std::min (end, chosen.to);
        if (from > to || chosen.isEmpty())
            return;
        const bool hasLineEnd = row.isLast && chosen.to > end;
        if (from == to && ! hasLineEnd)
            return;
        g.setColour (Theme::accent.withAlpha (0.28f));
        fill (row, from.byte, to.byte, hasLineEnd ? 6.0f : 0.0f);
    }

    void underline (const RowText& row, const TextRange& range)
    {
        const TextPosition start { row.line, row.from }, end { row.line, row.to };
        const auto from = std::max (start, range.from), to = std::min (end, range.to);
        if (from >= to)
            return;
        const auto left = xOf (row, from.byte), right = xOf (row, to.byte);
        g.setColour (Theme::text);
        g.fillRect (juce::Rectangle<float> (left, top + baseline + 2.0f, right - left, 1.0f));
    }

    void paintGutter (const RowText& row, const LineMark& mark)
    {
        const auto height = (float) look::rowHeight;
        const auto gutter = (float) editor.gutterWidth();
        if (mark.colour != 0)
        {
            g.setColour (juce::Colour (mark.colour));
            g.fillRect (juce::Rectangle<float> (gutter - (float) look::stripeWidth, top,
                                                (float) look::stripeWidth, height));
        }
        if (! row.isFirst)
            return;
        paintState (g, mark,
                    juce::Rectangle<float> (4.0f, top, (float) look::markWidth - 4.0f, height)
                        .withSizeKeepingCentre (12.0f, 12.0f));
        g.setFont (editor.faces->font (Typefaces::Bundled, 12.0f));
        g.setColour (row.line == editor.model.caret().line ? Theme::text : Theme::dim.withAlpha (0.7f));
        g.drawText (juce::String ((juce::int64) row.line + 1),
                    juce::Rectangle<float> ((float) look::markWidth, top,
                                            gutter - (float) (look::markWidth + look::stripeWidth + 5),
                                            height),
                    juce::Justification::centredRight, false);
    }

    void paintText (const RowText& row, const LineMark& mark)
    {
        const std::string_view line = editor.model.buffer().line (row.line);
        const juce::Colour nameColour (mark.colour);
        auto& context = g.getInternalContext();
        auto x = (float) area.getX();
        std::optional<Typefaces::Face> face;
        std::optional<bool> isName;
        for (auto at = row.from; at < row.to;)
        {
            const bool isInName = at < mark.nameBytes;
            const auto glyph = editor.faces->glyph (nextCharacter (line, at));
            if (isName != isInName)
            {
                g.setColour (isInName ? nameColour : Theme::text);
                isName = isInName;
            }
            if (face != glyph.face)
            {
                g.setFont (editor.faces->font (glyph.face, look::fontHeight));
                face = glyph.face;
            }
            if (glyph.number >= 0)
                context.drawGlyph (glyph.number, juce::AffineTransform::translation (x, top + baseline));
            x += glyph.advance * look::fontHeight;
        }
    }

    const ScriptEditor& editor;
    juce::Graphics& g;
    const juce::Rectangle<int> area;
    const TextRange chosen;
    const float baseline;
    float top = 0.0f; // of the row
};

void ScriptEditor::paint (juce::Graphics& g)
{
    g.setColour (Theme::field);
    g.fillRoundedRectangle (getLocalBounds().toFloat(), 5.0f);
    const juce::Graphics::ScopedSaveState saved (g);
    const auto area = textArea();
    g.reduceClipRegion (getLocalBounds().reduced (2).withTop (area.getY() - look::edge + 2));
    const auto clip = g.getClipBounds();
    RowPainter painter (*this, g);
    for (const auto& row : view.visibleRows())
        if (const auto top = area.getY() + (int) row.y;
            top < clip.getBottom() && top + look::rowHeight + 1 > clip.getY())
            painter.paint (row);
    paintRowDrag (g);
    if (hasKeyboardFocus (false) && isCaretShown)
    {
        g.setColour (Theme::accent);
        g.fillRect (caretBounds());
    }
}

/** Where lines that are dragged would go. */
void ScriptEditor::paintRowDrag (juce::Graphics& g)
{
    if (! rowDrag || ! rowDrag->before)
        return;
    const auto area = textArea();
    auto y = (float) area.getY();
    for (const auto& row : view.visibleRows())
        if (row.text.line < *rowDrag->before)
            y = (float) area.getY() + row.y + view.rowHeight();
    g.setColour (Theme::accent);
    g.fillRect (juce::Rectangle<float> (2.0f, y - 1.0f, (float) area.getRight() - 2.0f, 2.0f));
}

void ScriptEditor::paintOverChildren (juce::Graphics& g)
{
    if (const auto words = notice(); words.isNotEmpty())
    {
        auto strip = getLocalBounds().reduced (2).removeFromBottom (look::noticeHeight);
        g.setColour (Theme::panel);
        g.fillRect (strip);
        g.setColour (Theme::bad);
        g.setFont (Theme::font (13.0f));
        g.drawFittedText (words, strip.reduced (10, 2), juce::Justification::centredLeft, 2);
    }
    const bool isFocused = hasKeyboardFocus (false);
    g.setColour (isFocused ? Theme::accent : Theme::line);
    g.drawRoundedRectangle (getLocalBounds().toFloat().reduced (isFocused ? 1.0f : 0.5f), 5.0f,
                            isFocused ? 2.0f : 1.0f);
}
} // namespace tableread::plugin
