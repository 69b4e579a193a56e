// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <juce_graphics/juce_graphics.h>

#include "Editor/Text/Typefaces.h"

namespace tableread::plugin
{
/** The fonts of Typefaces as one, for all that JUCE draws itself: labels, buttons, menus and fields, which take a whole text
    from one font. So each character is drawn with the font that has it. Message thread. */
class MixedTypeface : public juce::Typeface
{
public:
    enum class Weight
    {
        Regular,
        Bold // the regular one with thicker strokes: no other is bundled
    };

    MixedTypeface (std::shared_ptr<Typefaces> faces, Weight weight);

    float getAscent() const override { return typefaces->bundled().getAscent(); }
    float getDescent() const override { return typefaces->bundled().getDescent(); }
    float getHeightToPointsFactor() const override { return typefaces->bundled().getHeightToPointsFactor(); }
    float getStringWidth (const juce::String& text) override;
    void getGlyphPositions (const juce::String& text, juce::Array<int>& glyphs,
                            juce::Array<float>& offsets) override;
    bool getOutlineForGlyph (int number, juce::Path& path) override;

private:
    Typefaces::Glyph glyph (juce::juce_wchar character) const;

    const std::shared_ptr<Typefaces> typefaces;
    const Weight weight;
};
} // namespace tableread::plugin
