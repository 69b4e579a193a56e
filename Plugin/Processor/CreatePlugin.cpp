// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/PluginProcessor.h"

/** JUCE's format wrappers call this. */
juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter()
{
    auto* processor = new tableread::plugin::PluginProcessor();
    tableread::plugin::HostLink::lastMade() = processor->link.get();
    return processor;
}
