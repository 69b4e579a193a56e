// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** Drawings of our own, in one colour. */
enum class Icon
{
    Play,
    Pause,
    Stop,
    ToStart,
    Loop,
    Lock,
    Unlock,
    Pin,
    Reroll,
    Retry,
    Warning,
    Info,
    Check,
    Plus,
    Minus,
    Close,
    Up,
    Down,
    Left,
    Right,
    Search,
    ZoomIn,
    ZoomOut,
    Folder,
    Document,
    Engine,
    Power,
    Undo,
    Redo,
    Export,
    Import,
    Sound,
    Mute,
    Trash,
    Pencil,
    More,
    Person,
    Count // how many there are
};

/** Its outline, to be filled, in a square of 24 by 24. Message thread. */
const juce::Path& pathOf (Icon icon);

/** As large as fits, in the middle. */
void drawIcon (juce::Graphics& g, Icon icon, juce::Rectangle<float> area, juce::Colour colour);

/** A button that shows an icon only. Its title is its name for screen readers and, unless there is another one, its tooltip. */
class IconButton : public juce::Button
{
public:
    IconButton (Icon icon, const juce::String& title);

    /** For a button that does another thing now. */
    void show (Icon icon, const juce::String& title);
    Icon icon() const { return shown; }

    enum ColourIds
    {
        IconColour = 0x7a10001 // of the icon
    };

    void paintButton (juce::Graphics& g, bool isOver, bool isDown) override;

private:
    Icon shown;
};
} // namespace tableread::plugin
