// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Look/Theme.h"

#include <cmath>
#include <initializer_list>

#include "Editor/Look/Icons.h"
#include "Editor/Look/Palette.h"
#include "Editor/Text/MixedTypeface.h"

namespace tableread::plugin
{
namespace
{
constexpr float corner = 5.0f;

juce::Rectangle<float> frame (int width, int height)
{
    return juce::Rectangle<int> (width, height).toFloat().reduced (0.5f);
}

void drawFrame (juce::Graphics& g, int width, int height)
{
    g.setColour (Theme::line);
    g.drawRoundedRectangle (frame (width, height), corner, 1.0f);
}

juce::Rectangle<float> areaOf (int width, int height)
{
    return juce::Rectangle<int> (width, height).toFloat();
}
} // namespace

const juce::Colour Theme::background { palette::background };
const juce::Colour Theme::panel { palette::panel };
const juce::Colour Theme::field { palette::field };
const juce::Colour Theme::line { palette::line };
const juce::Colour Theme::hover { palette::hover };
const juce::Colour Theme::text { palette::text };
const juce::Colour Theme::dim { palette::dim };
const juce::Colour Theme::accent { palette::accent };
const juce::Colour Theme::bad { palette::bad };
const juce::Colour Theme::good { palette::good };

juce::Colour Theme::speaker (int index)
{
    return juce::Colour (palette::speakers[(std::size_t) index % palette::speakers.size()]);
}

juce::Colour Theme::speaker (const SpeakerColour& colour)
{
    constexpr juce::uint32 opaque = 0xff000000;
    return colour.chosen != 0 ? juce::Colour (opaque | colour.chosen) : speaker (colour.number);
}

juce::Font Theme::font (float height, bool isBold)
{
    return { juce::Font::getDefaultSansSerifFontName(), height,
             isBold ? juce::Font::bold : juce::Font::plain };
}

Theme::Theme()
    : LookAndFeel_V4 ({ background.getARGB(), panel.getARGB(), panel.getARGB(), line.getARGB(),
                        text.getARGB(), line.getARGB(), text.getARGB(), line.getARGB(), text.getARGB() })
    , regular (new MixedTypeface (Typefaces::shared(), MixedTypeface::Weight::Regular))
    , bold (new MixedTypeface (Typefaces::shared(), MixedTypeface::Weight::Bold))
{
    setColours();
}

juce::Typeface::Ptr Theme::getTypefaceForFont (const juce::Font& font)
{
    if (font.getTypefaceName() != juce::Font::getDefaultSansSerifFontName())
        return LookAndFeel_V4::getTypefaceForFont (font);
    return font.isBold() ? bold : regular;
}

/** Beyond the scheme, which V4 uses for the rest. */
void Theme::setColours()
{
    struct ColourOf
    {
        int id;
        juce::Colour colour;
    };
    const auto faint = accent.withAlpha (0.28f), none = juce::Colours::transparentBlack;
    for (const auto& [id, colour] : std::initializer_list<ColourOf> {
             { juce::ResizableWindow::backgroundColourId, background },
             { juce::DocumentWindow::textColourId, text },
             { juce::Label::textColourId, text },
             { juce::Label::textWhenEditingColourId, text },
             { juce::TextButton::buttonColourId, line },
             { juce::TextButton::buttonOnColourId, hover },
             { juce::TextButton::textColourOffId, text },
             { juce::TextButton::textColourOnId, text },
             { juce::ToggleButton::textColourId, text },
             { juce::ToggleButton::tickColourId, accent },
             { juce::ToggleButton::tickDisabledColourId, dim },
             { juce::HyperlinkButton::textColourId, accent },
             { juce::ComboBox::textColourId, text },
             { juce::ComboBox::arrowColourId, dim },
             { juce::PopupMenu::backgroundColourId, panel },
             { juce::PopupMenu::textColourId, text },
             { juce::PopupMenu::headerTextColourId, dim },
             { juce::PopupMenu::highlightedBackgroundColourId, hover },
             { juce::PopupMenu::highlightedTextColourId, text },
             { juce::TextEditor::backgroundColourId, field },
             { juce::TextEditor::textColourId, text },
             { juce::TextEditor::highlightColourId, faint },
             { juce::TextEditor::highlightedTextColourId, text },
             { juce::CaretComponent::caretColourId, accent },
             { juce::Slider::backgroundColourId, field },
             { juce::Slider::trackColourId, accent },
             { juce::Slider::thumbColourId, text },
             { juce::Slider::textBoxTextColourId, text },
             { juce::Slider::textBoxBackgroundColourId, field },
             { juce::Slider::textBoxOutlineColourId, line },
             { juce::Slider::rotarySliderFillColourId, accent },
             { juce::Slider::rotarySliderOutlineColourId, line },
             { juce::ProgressBar::backgroundColourId, line },
             { juce::ProgressBar::foregroundColourId, accent },
             { juce::ListBox::backgroundColourId, field },
             { juce::ListBox::textColourId, text },
             { juce::ListBox::outlineColourId, line },
             { juce::TableHeaderComponent::backgroundColourId, panel },
             { juce::TableHeaderComponent::textColourId, text },
             { juce::TableHeaderComponent::outlineColourId, line },
             { juce::TableHeaderComponent::highlightColourId, hover },
             { juce::TreeView::backgroundColourId, field },
             { juce::TreeView::linesColourId, line },
             { juce::TreeView::selectedItemBackgroundColourId, hover },
             { juce::DirectoryContentsDisplayComponent::highlightColourId, hover },
             { juce::DirectoryContentsDisplayComponent::textColourId, text },
             { juce::DirectoryContentsDisplayComponent::highlightedTextColourId, text },
             { juce::FileBrowserComponent::currentPathBoxBackgroundColourId, field },
             { juce::FileBrowserComponent::currentPathBoxTextColourId, text },
             { juce::FileBrowserComponent::filenameBoxBackgroundColourId, field },
             { juce::FileBrowserComponent::filenameBoxTextColourId, text },
             { juce::FileSearchPathListComponent::backgroundColourId, field },
             { juce::GroupComponent::outlineColourId, line },
             { juce::GroupComponent::textColourId, dim },
             { juce::TabbedComponent::backgroundColourId, background },
             { juce::TabbedComponent::outlineColourId, line },
             { juce::TabbedButtonBar::tabTextColourId, dim },
             { juce::TabbedButtonBar::frontTextColourId, text },
             { juce::ScrollBar::thumbColourId, dim },
             { juce::ScrollBar::trackColourId, none },
             { juce::TooltipWindow::backgroundColourId, panel },
             { juce::TooltipWindow::textColourId, text },
             { juce::TooltipWindow::outlineColourId, line },
             { juce::AlertWindow::backgroundColourId, panel },
             { juce::AlertWindow::textColourId, text },
             { juce::AlertWindow::outlineColourId, line },
         })
        setColour (id, colour);
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
}

juce::Font Theme::getTextButtonFont (juce::TextButton&, int)
{
    return font (15.0f);
}

void Theme::drawTickBox (juce::Graphics& g, juce::Component& button, float x, float y, float width,
                         float height, bool isTicked, bool isEnabled, bool isOver, bool)
{
    const juce::Rectangle<float> box (x, y, width, height);
    g.setColour (isOver ? hover : field);
    g.fillRoundedRectangle (box, 3.0f);
    g.setColour (line.brighter (0.3f));
    g.drawRoundedRectangle (box.reduced (0.5f), 3.0f, 1.0f);
    if (isTicked)
        drawIcon (g, Icon::Check, box.reduced (1.0f),
                  button.findColour (isEnabled ? juce::ToggleButton::tickColourId
                                               : juce::ToggleButton::tickDisabledColourId));
}

void Theme::drawComboBox (juce::Graphics& g, int width, int height, bool, int, int, int, int,
                          juce::ComboBox& box)
{
    g.setColour (field);
    g.fillRoundedRectangle (frame (width, height), corner);
    drawFrame (g, width, height);
    constexpr int arrow = 16;
    drawIcon (
        g, Icon::Down,
        areaOf (width - 6, height).removeFromRight ((float) arrow).withSizeKeepingCentre (arrow, arrow),
        box.findColour (juce::ComboBox::arrowColourId).withMultipliedAlpha (box.isEnabled() ? 1.0f : 0.4f));
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

void Theme::drawTextEditorOutline (juce::Graphics& g, int width, int height, juce::TextEditor&)
{
    drawFrame (g, width, height);
}

void Theme::drawScrollbar (juce::Graphics& g, juce::ScrollBar&, int x, int y, int width, int height,
                           bool isVertical, int thumbStart, int thumbSize, bool isOver, bool isDown)
{
    const auto thumb = isVertical ? juce::Rectangle<int> (x, thumbStart, width, thumbSize)
                                  : juce::Rectangle<int> (thumbStart, y, thumbSize, height);
    g.setColour (dim.withAlpha (isOver || isDown ? 0.7f : 0.35f));
    g.fillRoundedRectangle (thumb.toFloat().reduced (3.0f), 2.0f);
}

void Theme::drawPopupMenuBackground (juce::Graphics& g, int width, int height)
{
    g.fillAll (panel);
    g.setColour (line.brighter (0.15f));
    g.drawRect (0, 0, width, height);
}

void Theme::drawProgressBar (juce::Graphics& g, juce::ProgressBar& bar, int width, int height,
                             double progress, const juce::String&)
{
    const auto area = areaOf (width, height);
    const auto round = 0.5f * (float) height;
    g.setColour (bar.findColour (juce::ProgressBar::backgroundColourId));
    g.fillRoundedRectangle (area, round);
    g.setColour (bar.findColour (juce::ProgressBar::foregroundColourId));
    if (progress >= 0.0)
        return g.fillRoundedRectangle (
            area.withWidth (std::max ((float) height, area.getWidth() * (float) progress)), round);
    constexpr double turnMs = 1800.0; // not known how far: a piece goes to and fro
    constexpr float piece = 0.25f;
    const auto phase = std::fmod (juce::Time::getMillisecondCounterHiRes(), turnMs) / turnMs;
    const auto place = 0.5f - 0.5f * (float) std::cos (phase * juce::MathConstants<double>::twoPi);
    g.fillRoundedRectangle (
        area.withWidth (piece * area.getWidth()).translated ((1.0f - piece) * area.getWidth() * place, 0.0f),
        round);
}

void Theme::drawAlertBox (juce::Graphics& g, juce::AlertWindow& window, const juce::Rectangle<int>&,
                          juce::TextLayout& layout)
{
    paintAlert (g, window.getLocalBounds(), window.getAlertType(), layout);
}

/** With a small icon in place of JUCE's large letter; the text lies where JUCE has made room for it. */
void Theme::paintAlert (juce::Graphics& g, juce::Rectangle<int> area, juce::MessageBoxIconType type,
                        const juce::TextLayout& layout)
{
    constexpr int top = 30, iconSide = 32, iconSpace = 80;
    g.fillAll (panel);
    g.setColour (line.brighter (0.15f));
    g.drawRect (area);
    area.removeFromTop (top);
    const bool isWarning = type == juce::MessageBoxIconType::WarningIcon;
    if (type != juce::MessageBoxIconType::NoIcon)
        drawIcon (g, isWarning ? Icon::Warning : Icon::Info,
                  area.removeFromLeft (iconSpace)
                      .removeFromTop (iconSide)
                      .withSizeKeepingCentre (iconSide, iconSide)
                      .toFloat(),
                  isWarning ? bad : accent);
    layout.draw (g, area.toFloat());
}

/** A row of a file dialog: JUCE's has its own pictures, and a grey for the columns that is hardly read on a dark ground. */
void Theme::drawFileBrowserRow (juce::Graphics& g, int width, int height, const juce::File&,
                                const juce::String& name, juce::Image*, const juce::String& size,
                                const juce::String& time, bool isFolder, bool isSelected, int,
                                juce::DirectoryContentsDisplayComponent&)
{
    constexpr int iconSpace = 32, gap = 8, sizeWidth = 72, timeWidth = 112, widthWithColumns = 450;
    juce::Rectangle<int> row (width, height);
    if (isSelected)
    {
        g.setColour (hover);
        g.fillRect (row);
    }
    drawIcon (g, isFolder ? Icon::Folder : Icon::Document,
              row.removeFromLeft (iconSpace).toFloat().reduced (0.0f, 2.0f), isFolder ? accent : dim);
    row.removeFromRight (gap);
    const auto write = [&] (const juce::String& words, juce::Rectangle<int> area, bool isToTheRight) {
        g.drawFittedText (words, area,
                          isToTheRight ? juce::Justification::centredRight : juce::Justification::centredLeft,
                          1);
    };
    if (! isFolder && width > widthWithColumns)
    {
        g.setColour (isSelected ? text : dim);
        g.setFont (font (13.0f));
        write (time, row.removeFromRight (timeWidth), true);
        write (size, row.removeFromRight (sizeWidth), true);
        row.removeFromRight (gap);
    }
    g.setColour (text);
    g.setFont (font (15.0f));
    write (name, row, false);
}

juce::Button* Theme::createFileBrowserGoUpButton()
{
    return new IconButton (Icon::Up, "Go up to the folder that holds this one"); // JUCE owns it
}

std::unique_ptr<juce::FocusOutline> Theme::createFocusOutlineForComponent (juce::Component&)
{
    return std::make_unique<juce::FocusOutline> (std::make_unique<FocusRing>());
}
} // namespace tableread::plugin
