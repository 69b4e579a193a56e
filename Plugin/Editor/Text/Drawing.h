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

/** Where and how large a text is drawn. */
struct TextBox
{
    juce::Rectangle<float> area;
    float fontHeight = 0.0f;
    juce::Justification justification = juce::Justification::centredLeft; // only its horizontal part counts
};

/** Draws a line of text in the graphics' colour, each character with the font that has it; one that is too long ends with
    "…". In the middle of the area's height. */
void drawWords (juce::Graphics& g, Typefaces& faces, std::string_view utf8, const TextBox& box);

/** How high drawParagraph()'s rows are for all of a text. */
float heightOfParagraph (const std::shared_ptr<Typefaces>& faces, std::string_view utf8, float width,
                         float fontHeight);

/** Draws a text in as many rows as fit into the area, from its top; what has no room ends with "…". */
void drawParagraph (juce::Graphics& g, const std::shared_ptr<Typefaces>& faces, std::string_view utf8,
                    const TextBox& box);
} // namespace tableread::plugin
