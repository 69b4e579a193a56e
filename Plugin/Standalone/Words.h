// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <juce_core/juce_core.h>

namespace tableread::plugin
{
/** UTF-8, as it comes from Source, for JUCE. */
inline juce::String words (const std::string& utf8)
{
    return juce::String::fromUTF8 (utf8.data(), (int) utf8.size());
}
} // namespace tableread::plugin
