// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Text/LeaveOnClick.h"
#include "Editor/Text/Typefaces.h"

namespace tableread::plugin
{
/** Shows what is chosen, in whatever writing system, and opens a menu of what can be. */
class MenuField : public juce::Button
{
public:
    explicit MenuField (std::shared_ptr<Typefaces> typefaces);

    std::function<juce::PopupMenu()> makeMenu; // for a click, or Return

    /** @param isFaint nothing was chosen. */
    void show (const std::string& shownText, bool isFaint);
    const std::string& text() const { return shown; }

    void clicked() override;
    void paintButton (juce::Graphics& g, bool isOver, bool isDown) override;

private:
    const std::shared_ptr<Typefaces> faces;
    std::string shown;
    bool isFaintText = false;
};

/** A patch of somebody's colour. */
class ColourButton : public juce::Button
{
public:
    ColourButton() : Button ("Colour") {}

    std::function<juce::PopupMenu()> makeMenu;

    void setPatch (juce::Colour colour);
    void clicked() override;
    void paintButton (juce::Graphics& g, bool isOver, bool isDown) override;

private:
    juce::Colour patch;
};

/** Decibels: dragged, or changed by 1 dB with the arrows left and right (0.1 dB with Shift), or typed after Return or a click.
    Delete is 0 dB. The wheel is for the list that it lies in. */
class GainSlider : public juce::Slider
{
public:
    GainSlider();

    bool keyPressed (const juce::KeyPress& key) override;
    void paint (juce::Graphics& g) override;
    void focusGained (FocusChangeType) override { repaint(); }
    void focusLost (FocusChangeType) override { repaint(); }
    void paintOverChildren (juce::Graphics& g) override;
    void lookAndFeelChanged() override;
    juce::String getTextFromValue (double decibels) override;
    double getValueFromText (const juce::String& text) override;

private:
    std::unique_ptr<LeaveOnClick> leaveOnClick; // of the field that was typed in last
};
} // namespace tableread::plugin
