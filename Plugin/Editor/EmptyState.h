// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** What to do first, over a script in which nothing is written yet. Clicks go through it to the script. */
class EmptyState : public juce::Component
{
public:
    enum class PlayedBy
    {
        Host,
        App
    };

    explicit EmptyState (PlayedBy player);

    void paint (juce::Graphics& g) override;
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;

private:
    struct Step
    {
        juce::String action, detail;
    };

    const std::array<Step, 3> steps;
};
} // namespace tableread::plugin
