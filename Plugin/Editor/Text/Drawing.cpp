// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Drawing.h"

#include <algorithm>
#include <cmath>

#include "Editor/Text/Boundaries.h"
#include "Editor/Text/Utf8.h"

namespace tableread::plugin
{
namespace
{
constexpr std::string_view ellipsis = "\u2026";

float rowHeightFor (float fontHeight)
{
    return std::ceil (fontHeight * 1.25f);
}

/** The bytes of the text that fit. */
std::size_t fittingBytes (Typefaces& faces, std::string_view utf8, float fontHeight, float width)
{
    float x = 0.0f;
    std::size_t fits = 0;
    for (std::size_t at = 0; at < utf8.size(); fits = at)
        if (x += faces.glyph (nextCharacter (utf8, at)).advance * fontHeight; x > width)
            break;
    return fits;
}

/** Draws characters one behind the other. */
class GlyphPen
{
public:
    GlyphPen (juce::Graphics& graphics, Typefaces& typefaces, float height, juce::Point<float> start)
        : g (graphics)
        , faces (typefaces)
        , fontHeight (height)
        , place (start)
    {}

    void draw (std::string_view utf8)
    {
        for (std::size_t at = 0; at < utf8.size();)
        {
            const auto glyph = faces.glyph (nextCharacter (utf8, at));
            if (face != glyph.face)
            {
                g.setFont (faces.font (glyph.face, fontHeight));
                face = glyph.face;
            }
            if (glyph.number >= 0)
                g.getInternalContext().drawGlyph (glyph.number,
                                                  juce::AffineTransform::translation (place.x, place.y));
            place.x += glyph.advance * fontHeight;
        }
    }

private:
    juce::Graphics& g;
    Typefaces& faces;
    const float fontHeight;
    juce::Point<float> place;
    int face = -1; // none yet
};
} // namespace

float widthOf (Typefaces& faces, std::string_view utf8, float fontHeight)
{
    float width = 0.0f;
    for (std::size_t at = 0; at < utf8.size();)
        width += faces.glyph (nextCharacter (utf8, at)).advance * fontHeight;
    return width;
}

void drawWords (juce::Graphics& g, Typefaces& faces, std::string_view utf8, const TextBox& box)
{
    const auto& [area, fontHeight, justification] = box;
    auto width = widthOf (faces, utf8, fontHeight);
    const bool isWhole = width <= area.getWidth() + 0.5f;
    if (! isWhole)
    {
        const auto tail = widthOf (faces, ellipsis, fontHeight);
        utf8 = utf8.substr (0, fittingBytes (faces, utf8, fontHeight, area.getWidth() - tail));
        while (! utf8.empty() && utf8.back() == ' ')
            utf8.remove_suffix (1);
        width = widthOf (faces, utf8, fontHeight) + tail;
    }
    auto x = area.getX();
    if (justification.testFlags (juce::Justification::horizontallyCentred))
        x = area.getCentreX() - width * 0.5f;
    else if (justification.testFlags (juce::Justification::right))
        x = area.getRight() - width;
    const auto baseline = std::round (area.getCentreY() - fontHeight * 0.5f + faces.ascent() * fontHeight);
    GlyphPen pen (g, faces, fontHeight, { x, baseline });
    pen.draw (utf8);
    if (! isWhole)
        pen.draw (ellipsis);
}

float heightOfParagraph (const std::shared_ptr<Typefaces>& faces, std::string_view utf8, float width,
                         float fontHeight)
{
    FontMeasure measure (faces, fontHeight);
    Boundaries boundaries;
    return (float) wrapRows (utf8, width, measure, boundaries).size() * rowHeightFor (fontHeight);
}

void drawParagraph (juce::Graphics& g, const std::shared_ptr<Typefaces>& faces, std::string_view utf8,
                    const TextBox& box)
{
    auto area = box.area;
    const auto fontHeight = box.fontHeight;
    const auto rowHeight = rowHeightFor (fontHeight);
    const auto mostRows = (std::size_t) std::max (1.0f, std::floor (area.getHeight() / rowHeight));
    FontMeasure measure (faces, fontHeight);
    Boundaries boundaries;
    const auto starts = wrapRows (utf8, area.getWidth(), measure, boundaries);
    for (std::size_t row = 0; row < std::min (starts.size(), mostRows); ++row)
    {
        auto words = utf8.substr (starts[row]);
        if (row + 1 < std::min (starts.size(), mostRows))
            words = words.substr (0, starts[row + 1] - starts[row]);
        while (! words.empty() && words.back() == ' ')
            words.remove_suffix (1);
        drawWords (g, *faces, words, { area.removeFromTop (rowHeight), fontHeight, box.justification });
    }
}
} // namespace tableread::plugin
