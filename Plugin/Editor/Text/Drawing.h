// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <juce_graphics/juce_graphics.h>

#include "Editor/Text/Typefaces.h"

namespace tableread::plugin
{
inline juce::String textOf (const std::string& utf8)
{
    return juce::String::fromUTF8 (utf8.c_str(), (int) utf8.size());
}

/** How wide a line of text is at a font height. */
float widthOf (Typefaces& faces, std::string_view utf8, float fontHeight);

/** Draws a line of text in the graphics' colour, each character with the font that has it; one that is too long ends with
    "…". In the middle of the area's height, from its left, its right, or around its centre. */
void drawWords (juce::Graphics& g, Typefaces& faces, std::string_view utf8, juce::Rectangle<float> area,
                float fontHeight, juce::Justification justification = juce::Justification::centredLeft);

/** Draws a text in as many rows as fit into the area, from its top; what has no room ends with "…". */
void drawParagraph (juce::Graphics& g, const std::shared_ptr<Typefaces>& faces, std::string_view utf8,
                    juce::Rectangle<float> area, float fontHeight);
} // namespace tableread::plugin
