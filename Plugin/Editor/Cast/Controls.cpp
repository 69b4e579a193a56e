// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Cast/Controls.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/Text/Drawing.h"

namespace tableread::plugin
{
namespace
{
constexpr float fieldCorner = 5.0f, fieldText = 14.0f;
constexpr double leastDb = -60.0, mostDb = 24.0;

void drawField (juce::Graphics& g, const juce::Component& field, bool isOver)
{
    const auto area = field.getLocalBounds().toFloat();
    const bool isFocused = field.hasKeyboardFocus (false);
    g.setColour (isOver ? Theme::field.brighter (0.06f) : Theme::field);
    g.fillRoundedRectangle (area.reduced (0.5f), fieldCorner);
    g.setColour (isFocused ? Theme::accent : Theme::line);
    g.drawRoundedRectangle (area.reduced (isFocused ? 1.0f : 0.5f), fieldCorner, isFocused ? 2.0f : 1.0f);
}

void openMenu (juce::Component& below, const std::function<juce::PopupMenu()>& make)
{
    if (! make)
        return;
    auto menu = make();
    menu.setLookAndFeel (&below.getLookAndFeel());
    menu.showMenuAsync (juce::PopupMenu::Options().withTargetComponent (below));
}
} // namespace

MenuField::MenuField (std::shared_ptr<Typefaces> typefaces) : Button ({}), faces (std::move (typefaces))
{}

void MenuField::show (const std::string& shownText, bool isFaint)
{
    if (shownText == shown && isFaint == isFaintText)
        return;
    shown = shownText;
    isFaintText = isFaint;
    repaint();
}

void MenuField::clicked()
{
    openMenu (*this, makeMenu);
}

void MenuField::paintButton (juce::Graphics& g, bool isOver, bool isDown)
{
    constexpr float arrowRoom = 16.0f;
    drawField (g, *this, isOver || isDown);
    auto area = getLocalBounds().toFloat().reduced (7.0f, 0.0f);
    const auto arrow = area.removeFromRight (arrowRoom);
    juce::Path shape;
    shape.addTriangle (arrow.getRight() - 8.0f, arrow.getCentreY() - 2.0f, arrow.getRight(),
                       arrow.getCentreY() - 2.0f, arrow.getRight() - 4.0f, arrow.getCentreY() + 3.0f);
    g.setColour (Theme::dim);
    g.fillPath (shape);
    g.setColour (isFaintText ? Theme::dim : Theme::text);
    drawWords (g, *faces, shown, { area, fieldText });
}

void ColourButton::setPatch (juce::Colour colour)
{
    if (std::exchange (patch, colour) != colour)
        repaint();
}

void ColourButton::clicked()
{
    openMenu (*this, makeMenu);
}

void ColourButton::paintButton (juce::Graphics& g, bool isOver, bool isDown)
{
    const auto area = getLocalBounds().toFloat().reduced (3.0f);
    g.setColour (isOver || isDown ? patch.brighter (0.2f) : patch);
    g.fillRoundedRectangle (area, 4.0f);
    if (! hasKeyboardFocus (false))
        return;
    g.setColour (Theme::text);
    g.drawRoundedRectangle (getLocalBounds().toFloat().reduced (1.0f), fieldCorner, 2.0f);
}

GainSlider::GainSlider() : Slider (LinearBar, TextBoxLeft)
{
    setRange (leastDb, mostDb, 0.1);
    setDoubleClickReturnValue (true, 0.0);
    setScrollWheelEnabled (false);
    setSliderSnapsToMousePosition (false);
    setMouseDragSensitivity (400);             // pixels for the whole range
    setChangeNotificationOnlyOnRelease (true); // one drag is one step of undo
    setWantsKeyboardFocus (true);
    setColour (textBoxBackgroundColourId, juce::Colours::transparentBlack);
    setColour (textBoxOutlineColourId, juce::Colours::transparentBlack);
    setColour (textBoxTextColourId, Theme::text);
    setColour (textBoxHighlightColourId, Theme::accent.withAlpha (0.45f));
    setValue (0.0, juce::dontSendNotification);
    lookAndFeelChanged();
}

/** The field that is typed in is opened by Return, is no stop of its own for Tab, and gives the keyboard back. */
void GainSlider::lookAndFeelChanged()
{
    Slider::lookAndFeelChanged();
    for (auto* const child : getChildren())
    {
        child->setWantsKeyboardFocus (false);
        child->setAccessible (false); // the slider has its value
        if (auto* const field = dynamic_cast<juce::Label*> (child))
        {
            field->onEditorShow = [this, field] {
                leaveOnClick = std::make_unique<LeaveOnClick> (*field->getCurrentTextEditor());
                repaint();
            };
            field->onEditorHide = [this] {
                repaint();
                if (const auto* const window = getPeer(); window != nullptr && window->isFocused())
                    grabKeyboardFocus();
            };
        }
    }
}

bool GainSlider::keyPressed (const juce::KeyPress& key)
{
    const bool isLeft = key.isKeyCode (juce::KeyPress::leftKey);
    const auto keys = key.getModifiers();
    if (isLeft || key.isKeyCode (juce::KeyPress::rightKey))
    {
        if (keys.isCtrlDown() || keys.isAltDown() || keys.isCommandDown())
            return false;
        const auto step = keys.isShiftDown() ? 0.1 : 1.0;
        setValue (getValue() + (isLeft ? -step : step), juce::sendNotificationSync);
        return true;
    }
    if (key == juce::KeyPress::returnKey)
        showTextBox();
    else if (key == juce::KeyPress::deleteKey || key == juce::KeyPress::backspaceKey)
        setValue (0.0, juce::sendNotificationSync);
    else
        return false;
    return true;
}

void GainSlider::paint (juce::Graphics& g)
{
    drawField (g, *this, isMouseOverOrDragging());
    const auto area = getLocalBounds().toFloat().reduced (5.0f, 3.0f).removeFromBottom (2.0f);
    const auto place = [&] (double decibels) {
        return area.getX() + area.getWidth() * (float) valueToProportionOfLength (decibels);
    };
    const auto zero = place (0.0), now = place (getValue());
    g.setColour (Theme::line);
    g.fillRect (area);
    g.setColour (Theme::dim);
    g.fillRect (area.withX (std::min (zero, now)).withWidth (std::max (2.0f, std::abs (now - zero))));
}

/** A ring round the field that is typed in, which fills all of this. */
void GainSlider::paintOverChildren (juce::Graphics& g)
{
    const auto isTypedIn = [] (juce::Component* child) {
        const auto* const field = dynamic_cast<juce::Label*> (child);
        return field != nullptr && field->isBeingEdited();
    };
    if (! std::ranges::any_of (getChildren(), isTypedIn))
        return;
    g.setColour (Theme::accent);
    g.drawRoundedRectangle (getLocalBounds().toFloat().reduced (1.0f), fieldCorner, 2.0f);
}

juce::String GainSlider::getTextFromValue (double decibels)
{
    if (std::abs (decibels) < 0.05)
        return "0 dB";
    const auto sign = juce::String::fromUTF8 (decibels < 0.0 ? "\u2212" : "+");
    return sign + juce::String (std::abs (decibels), 1) + " dB";
}

double GainSlider::getValueFromText (const juce::String& text)
{
    return text.replaceCharacter (0x2212, '-').trim().getDoubleValue();
}
} // namespace tableread::plugin
