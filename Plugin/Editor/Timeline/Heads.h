// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Editor/Timeline/Context.h"

namespace tableread::plugin
{
/** The speakers' names, left of their lanes. */
class TimelineHeads : public juce::Component
{
public:
    explicit TimelineHeads (TimelineContext& shown);

    void paint (juce::Graphics& g) override;

private:
    TimelineContext& context;
};
} // namespace tableread::plugin
