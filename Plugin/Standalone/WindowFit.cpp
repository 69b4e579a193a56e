// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/WindowFit.h"

#include <algorithm>

namespace tableread::plugin
{
double scaleThatFits (double wanted, juce::Rectangle<int> screen, juce::Rectangle<int> leastWindow)
{
    const auto most = std::min ((double) screen.getWidth() / leastWindow.getWidth(),
                                (double) screen.getHeight() / leastWindow.getHeight());
    return std::clamp (std::min (wanted, most), 1.0, 2.0);
}

juce::Rectangle<int> fittedTo (juce::Rectangle<int> screen, juce::Rectangle<int> window,
                               juce::Rectangle<int> leastWindow)
{
    window.setSize (std::max (std::min (window.getWidth(), screen.getWidth()), leastWindow.getWidth()),
                    std::max (std::min (window.getHeight(), screen.getHeight()), leastWindow.getHeight()));
    return window.withPosition (
        std::max (screen.getX(), std::min (window.getX(), screen.getRight() - window.getWidth())),
        std::max (screen.getY(), std::min (window.getY(), screen.getBottom() - window.getHeight())));
}
} // namespace tableread::plugin
