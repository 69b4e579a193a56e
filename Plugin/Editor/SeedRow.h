// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Core/Error.h"
#include "Editor/Text/LeaveOnClick.h"

namespace tableread::plugin
{
/** The project's seed: shown, typed, and drawn anew. A number that is typed counts from Return on, or when the field is left.
    Message thread. */
class SeedRow : public juce::Component
{
public:
    SeedRow();

    std::function<void (std::uint64_t)> onSeed;
    std::function<void (Error)> onRefused; // what was typed is no seed, and is there no longer

    /** What somebody has begun to type stays. */
    void show (std::uint64_t seed);

    void resized() override;

private:
    void typed();
    void shuffle();
    void put (std::uint64_t seed);

    std::uint64_t shown = 0;
    juce::Label title;
    juce::TextEditor field;
    LeaveOnClick leaveOnClick { field };
    juce::TextButton shuffleButton { "Shuffle" };
};
} // namespace tableread::plugin
