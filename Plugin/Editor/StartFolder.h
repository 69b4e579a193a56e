// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_core/juce_core.h>

namespace tableread::plugin
{
/** Where a file dialog begins: in this folder if it is there, else in the user's documents if they have a folder, else at home. */
inline juce::File startFolder (const juce::File& wanted = {})
{
    const auto place = [] (juce::File::SpecialLocationType type) {
        return juce::File::getSpecialLocation (type);
    };
    if (wanted.isDirectory())
        return wanted;
    const auto documents = place (juce::File::userDocumentsDirectory);
    return documents.isDirectory() ? documents : place (juce::File::userHomeDirectory);
}
} // namespace tableread::plugin
