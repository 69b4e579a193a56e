// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** While it exists, the windows of this program are drawn again after a dialog or a menu has closed. On X11 JUCE may have read
    what tells of that, and do nothing about it before something else happens: the closed one would stay to be seen.
    Message thread. */
class Uncovered : private juce::Timer
{
public:
    Uncovered() { startTimerHz (looksASecond); }

private:
    static constexpr int looksASecond = 20, looksUntilGone = 3; // a window goes a moment after it has closed

    void timerCallback() override;

    const void* front = nullptr; // the dialog or menu that was seen last
    int looks = 0;               // to go until all is drawn; 0: nothing has closed
};
} // namespace tableread::plugin
