// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/ScriptBox.h"

#include "Editor/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr std::size_t mostMarks = 1500; // measuring them takes time on each key press

bool isSpoken (const juce::String& line)
{
    const auto text = line.trim();
    return text.isNotEmpty() && ! text.startsWithChar ('[') && ! text.startsWithChar ('#') &&
           ! text.startsWith ("==");
}
} // namespace

ScriptBox::ScriptBox()
{
    editor.setMultiLine (true, true);
    editor.setReturnKeyStartsNewLine (true);
    editor.setFont (Theme::font (16.0f));
    editor.setLineSpacing (1.25f);
    editor.setIndents (16, 10);
    editor.setScrollbarsShown (true);
    editor.setTitle ("Script");
    editor.setTextToShowWhenEmpty (juce::String::fromUTF8 ("Anna: Good evening.\nBen: You are late\u2026"),
                                   Theme::dim.withAlpha (0.6f));
    editor.onTextChange = [this] {
        if (onTextChange)
            onTextChange();
    };
    addAndMakeVisible (editor);
}

void ScriptBox::setText (const std::string& utf8)
{
    editor.setText (juce::String::fromUTF8 (utf8.c_str(), (int) utf8.size()), false);
}

void ScriptBox::show (const Reading& reading)
{
    marks.clear();
    const auto lines = juce::StringArray::fromLines (editor.getText());
    int position = 0;
    std::size_t next = 0; // the passage that begins at or after this line
    for (int i = 0; i < lines.size() && marks.size() < mostMarks; ++i)
    {
        while (next < reading.passages.size() && reading.passages[next].sourceLines.front() <= i + 1)
            ++next;
        if (next > 0 && isSpoken (lines[i]))
            marks.push_back ({ next - 1,
                               reading.passages[next - 1].speakers.front(),
                               { position, position + lines[i].length() },
                               {} });
        position += lines[i].length() + 1;
    }
    measure();
}

void ScriptBox::measure()
{
    const auto top = textTop();
    for (auto& mark : marks)
    {
        const auto bounds = editor.getTextBounds (mark.characters).getBounds();
        mark.pixels = { bounds.getY() - top, bounds.getBottom() - top };
    }
    repaint();
}

int ScriptBox::textTop() const
{
    return editor.getTextBounds ({ 0, 1 }).getBounds().getY();
}

void ScriptBox::light (std::optional<std::size_t> passage)
{
    if (passage == lit && textTop() == shownTop)
        return;
    lit = passage;
    repaint();
}

void ScriptBox::resized()
{
    editor.setBounds (getLocalBounds());
    measure();
}

void ScriptBox::paintOverChildren (juce::Graphics& g)
{
    shownTop = textTop();
    g.reduceClipRegion (getLocalBounds().reduced (2));
    for (const auto& mark : marks)
    {
        const auto y = mark.pixels.getStart() + shownTop;
        if (y > getHeight() || y + mark.pixels.getLength() < 0)
            continue;
        const auto colour = Theme::speaker (mark.speaker);
        g.setColour (colour);
        g.fillRect (5, y, 3, mark.pixels.getLength());
        if (lit == mark.passage)
        {
            g.setColour (colour.withAlpha (0.14f));
            g.fillRect (8, y, getWidth() - 18, mark.pixels.getLength());
        }
    }
}
} // namespace tableread::plugin
