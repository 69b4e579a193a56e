// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/PluginProcessor.h"

/** What JUCE's wrappers of the formats ask for. */
juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter()
{
    return new tableread::plugin::PluginProcessor();
}
