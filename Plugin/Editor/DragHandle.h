// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Playback/DragOut.h"

namespace tableread::plugin
{
/** What somebody does with sounds that go out of the window, by the mouse or into a file. */
struct SoundsOut
{
    std::function<void (const playback::Dragged&, juce::Component& from)>
        drag;                                              // from the mouse's drag on `from`
    std::function<void (const playback::Dragged&)> toFile; // asks the user where
};

/** What a sound is taken by, to drag it out of the window. A click, or Return, opens a menu that saves it as a file. */
class DragHandle : public juce::Button
{
public:
    explicit DragHandle (SoundsOut& out);

    /** @param words for people: "this line". */
    void show (playback::Dragged dragged, const juce::String& words);

    void paintButton (juce::Graphics& g, bool isOver, bool isDown) override;
    void mouseDown (const juce::MouseEvent& event) override;
    void mouseDrag (const juce::MouseEvent& event) override;
    void mouseUp (const juce::MouseEvent& event) override;

private:
    void openMenu();

    SoundsOut& sounds;
    playback::Dragged what;
    bool isDragging = false;
};
} // namespace tableread::plugin
