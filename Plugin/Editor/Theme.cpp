// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Theme.h"

#include <array>

namespace tableread::plugin
{
namespace
{
constexpr float corner = 5.0f;

juce::Rectangle<float> frame (int width, int height)
{
    return juce::Rectangle<int> (width, height).toFloat().reduced (0.5f);
}

/** Of a field; the one that has the keyboard is seen from afar. */
void drawFrame (juce::Graphics& g, int width, int height, bool isFocused)
{
    g.setColour (isFocused ? Theme::accent : Theme::line);
    g.drawRoundedRectangle (frame (width, height).reduced (isFocused ? 0.5f : 0.0f), corner,
                            isFocused ? 2.0f : 1.0f);
}
} // namespace

const juce::Colour Theme::background { 0xff14161b };
const juce::Colour Theme::panel { 0xff1b1e25 };
const juce::Colour Theme::field { 0xff101216 };
const juce::Colour Theme::line { 0xff2c313b };
const juce::Colour Theme::text { 0xffe4e7ec };
const juce::Colour Theme::dim { 0xff8a92a1 };
const juce::Colour Theme::accent { 0xfff2b155 };
const juce::Colour Theme::bad { 0xffff7a70 };

juce::Colour Theme::speaker (int index)
{
    static constexpr std::array<juce::uint32, 8> palette { 0xff6fb3f2, 0xfff09a6a, 0xff8fce8a, 0xffc09cf0,
                                                           0xff55cfc0, 0xffee7f9d, 0xffd8c56a, 0xff9aa7ff };
    return juce::Colour (palette[(std::size_t) index % palette.size()]);
}

juce::Font Theme::font (float height, bool isBold)
{
    return { juce::Font::getDefaultSansSerifFontName(), height,
             isBold ? juce::Font::bold : juce::Font::plain };
}

Theme::Theme()
    : LookAndFeel_V4 ({ background.getARGB(), panel.getARGB(), panel.getARGB(), line.getARGB(),
                        text.getARGB(), line.getARGB(), text.getARGB(), line.getARGB(), text.getARGB() })
{
    setColour (juce::ResizableWindow::backgroundColourId, background);
    setColour (juce::DocumentWindow::textColourId, text);
    setColour (juce::Label::textColourId, text);
    setColour (juce::TextButton::buttonColourId, line);
    setColour (juce::TextButton::textColourOffId, text);
    setColour (juce::TextButton::textColourOnId, text);
    setColour (juce::ComboBox::textColourId, text);
    setColour (juce::ComboBox::arrowColourId, dim);
    setColour (juce::PopupMenu::backgroundColourId, panel);
    setColour (juce::PopupMenu::textColourId, text);
    setColour (juce::PopupMenu::headerTextColourId, dim);
    setColour (juce::PopupMenu::highlightedBackgroundColourId, line);
    setColour (juce::PopupMenu::highlightedTextColourId, text);
    setColour (juce::TextEditor::textColourId, text);
    setColour (juce::TextEditor::highlightColourId, accent.withAlpha (0.28f));
    setColour (juce::TextEditor::highlightedTextColourId, text);
    setColour (juce::CaretComponent::caretColourId, accent);
    setColour (juce::TooltipWindow::backgroundColourId, panel);
    setColour (juce::TooltipWindow::textColourId, text);
    setColour (juce::TooltipWindow::outlineColourId, line);
    setColour (juce::AlertWindow::backgroundColourId, panel);
    setColour (juce::AlertWindow::textColourId, text);
    setColour (juce::AlertWindow::outlineColourId, line);
}

void Theme::drawButtonBackground (juce::Graphics& g, juce::Button& button, const juce::Colour& colour,
                                  bool isOver, bool isDown)
{
    auto fill = button.isEnabled() ? colour : colour.withMultipliedAlpha (0.4f);
    if (isDown)
        fill = fill.darker (0.15f);
    else if (isOver)
        fill = fill.brighter (0.08f);
    g.setColour (fill);
    g.fillRoundedRectangle (frame (button.getWidth(), button.getHeight()), corner);
    if (button.hasKeyboardFocus (true))
    {
        g.setColour (text); // seen on every button, also on the accent's
        g.drawRoundedRectangle (frame (button.getWidth(), button.getHeight()).reduced (1.0f), corner, 2.0f);
    }
}

juce::Font Theme::getTextButtonFont (juce::TextButton&, int)
{
    return font (15.0f);
}

void Theme::drawComboBox (juce::Graphics& g, int width, int height, bool, int, int, int, int,
                          juce::ComboBox& box)
{
    g.setColour (field);
    g.fillRoundedRectangle (frame (width, height), corner);
    drawFrame (g, width, height, box.hasKeyboardFocus (true));
    juce::Path arrow;
    const auto x = (float) width - 15.0f, y = (float) height * 0.5f;
    arrow.addTriangle (x - 4.0f, y - 2.0f, x + 4.0f, y - 2.0f, x, y + 3.0f);
    g.setColour (box.findColour (juce::ComboBox::arrowColourId));
    g.fillPath (arrow);
}

juce::Font Theme::getComboBoxFont (juce::ComboBox&)
{
    return font (15.0f);
}

juce::Font Theme::getPopupMenuFont()
{
    return font (15.0f);
}

void Theme::positionComboBoxText (juce::ComboBox& box, juce::Label& label)
{
    label.setBounds (4, 1, box.getWidth() - 28, box.getHeight() - 2);
    label.setFont (getComboBoxFont (box));
}

void Theme::fillTextEditorBackground (juce::Graphics& g, int width, int height, juce::TextEditor&)
{
    g.setColour (field);
    g.fillRoundedRectangle (frame (width, height), corner);
}

void Theme::drawTextEditorOutline (juce::Graphics& g, int width, int height, juce::TextEditor& editor)
{
    drawFrame (g, width, height, editor.hasKeyboardFocus (true));
}

void Theme::drawScrollbar (juce::Graphics& g, juce::ScrollBar&, int x, int y, int width, int height,
                           bool isVertical, int thumbStart, int thumbSize, bool isOver, bool isDown)
{
    const auto thumb = isVertical ? juce::Rectangle<int> (x, thumbStart, width, thumbSize)
                                  : juce::Rectangle<int> (thumbStart, y, thumbSize, height);
    g.setColour (dim.withAlpha (isOver || isDown ? 0.7f : 0.35f));
    g.fillRoundedRectangle (thumb.toFloat().reduced (3.0f), 2.0f);
}
} // namespace tableread::plugin
