// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/MixedTypeface.h"

#include <utility>

namespace tableread::plugin
{
namespace
{
constexpr int numbersOfFace = 1 << 24; // a glyph's number here is that of its face and, above, the face
constexpr float boldStroke = 0.03f;    // of the height
constexpr float boldAdvance = 0.02f;
} // namespace

MixedTypeface::MixedTypeface (std::shared_ptr<Typefaces> faces, Weight wanted)
    : Typeface ("TableRead", wanted == Weight::Bold ? "Bold" : "Regular")
    , typefaces (std::move (faces))
    , weight (wanted)
{}

Typefaces::Glyph MixedTypeface::glyph (juce::juce_wchar character) const
{
    auto found = typefaces->glyph ((char32_t) character);
    if (weight == Weight::Bold && found.advance > 0.0f)
        found.advance += boldAdvance;
    return found;
}

float MixedTypeface::getStringWidth (const juce::String& text)
{
    float width = 0.0f;
    for (auto at = text.getCharPointer(); ! at.isEmpty();)
        width += glyph (at.getAndAdvance()).advance;
    return width;
}

void MixedTypeface::getGlyphPositions (const juce::String& text, juce::Array<int>& glyphs,
                                       juce::Array<float>& offsets)
{
    float x = 0.0f;
    offsets.add (x);
    for (auto at = text.getCharPointer(); ! at.isEmpty();)
    {
        const auto found = glyph (at.getAndAdvance());
        glyphs.add (found.number < 0 ? -1 : (int) found.face * numbersOfFace + found.number);
        offsets.add (x += found.advance);
    }
}

bool MixedTypeface::getOutlineForGlyph (int number, juce::Path& path)
{
    if (number < 0)
        return false;
    juce::Path shape;
    typefaces->addOutline ((Typefaces::Face) (number / numbersOfFace), number % numbersOfFace, shape);
    path.addPath (shape);
    if (weight == Weight::Bold)
    {
        juce::Path thicker;
        juce::PathStrokeType (boldStroke).createStrokedPath (thicker, shape, {}, 24.0f);
        path.addPath (thicker);
    }
    path.setUsingNonZeroWinding (true);
    return true;
}
} // namespace tableread::plugin
