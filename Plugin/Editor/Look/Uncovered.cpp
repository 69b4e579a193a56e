// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Look/Uncovered.h"

#include <utility>

namespace tableread::plugin
{
void Uncovered::timerCallback()
{
    const void* const now =
        juce::Component::getCurrentlyModalComponent(); // one may have made room for another
    if (std::exchange (front, now) != now)
        looks = looksUntilGone;
    if (looks == 0 || --looks > 0)
        return;
    auto& desktop = juce::Desktop::getInstance();
    for (int i = 0; i < desktop.getNumComponents(); ++i)
        desktop.getComponent (i)->repaint();
}
} // namespace tableread::plugin
