// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Typefaces.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "Editor/Text/FontFiles.h"
#include "Editor/Text/Utf8.h"
#include "FontData.h"
#include "Script/Text.h"

namespace tableread::plugin
{
namespace
{
constexpr std::size_t mostGlyphs = 50'000; // that are remembered
constexpr char32_t fullWidth = U'\u4e00';  // as wide as the em of its font
constexpr char32_t emDash = U'\u2014';     // likewise of Latin ones
constexpr char32_t inNoFont = 0x10fffe;

bool isCjk (char32_t character)
{
    static constexpr std::pair<char32_t, char32_t> blocks[] = {
        { 0x1100, 0x11ff }, { 0x2e80, 0x33ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xa960, 0xa97f },
        { 0xac00, 0xd7ff }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe4f }, { 0xff00, 0xffef }, { 0x20000, 0x3ffff }
    };
    return std::any_of (std::begin (blocks), std::end (blocks), [=] (const auto& block) {
        return character >= block.first && character <= block.second;
    });
}

float advanceOf (juce::Typeface& typeface, char32_t character)
{
    return typeface.getStringWidth (juce::String::charToString ((juce::juce_wchar) character));
}
} // namespace

const char* const Typefaces::cjkAdvice = "There is no font with Chinese, Japanese and Korean characters. "
                                         "Install the package fonts-noto-cjk, and open "
                                         "this window again.";

Typefaces::Typefaces (FindCjk findCjkFont)
    : cjkFile (std::async (std::launch::async, std::move (findCjkFont)))
{
    load (Bundled);
}

std::shared_ptr<Typefaces> Typefaces::shared()
{
    static std::weak_ptr<Typefaces> current;
    auto found = current.lock();
    if (found == nullptr)
        current = found = std::make_shared<Typefaces> (systemCjkFont);
    return found;
}

juce::Typeface::Ptr Typefaces::loadCjk()
{
    const auto path = cjkFile.get();
    juce::MemoryBlock bytes;
    if (! path || ! juce::File (juce::String::fromUTF8 (path->c_str())).loadFileAsData (bytes))
        return nullptr;
    const auto* data = static_cast<const unsigned char*> (bytes.getData());
    if (! isWholeFont ({ data, bytes.getSize() }))
        return nullptr;
    return juce::Typeface::createSystemTypefaceFor (data, bytes.getSize());
}

const Typefaces::Loaded& Typefaces::load (Face face)
{
    auto& loaded = faces[face];
    if (loaded)
        return *loaded;
    loaded = Loaded();
    if (face == Bundled)
        loaded->typeface =
            juce::Typeface::createSystemTypefaceFor (fonts::sans_ttf, (std::size_t) fonts::sans_ttfSize);
    else if (face == Cjk)
        loaded->typeface = loadCjk();
    else // not by the theme, whose fonts come from here
        loaded->typeface = juce::Font::getDefaultTypefaceForFont (
            { juce::Font::getDefaultSansSerifFontName(), 1.0f, juce::Font::plain });
    if (loaded->typeface == nullptr)
        return *loaded;
    loaded->typeface->getOutlineForGlyph ((int) inNoFont, loaded->missing);
    if (face == Cjk)
    {
        const auto wanted = advanceOf (*load (Bundled).typeface, emDash);
        loaded->scale = wanted / std::max (0.1f, advanceOf (*loaded->typeface, fullWidth));
    }
    return *loaded;
}

std::optional<Typefaces::Glyph> Typefaces::find (Face face, char32_t character)
{
    const auto& loaded = load (face);
    if (loaded.typeface == nullptr)
        return {};
    juce::Array<int> numbers;
    juce::Array<float> offsets;
    loaded.typeface->getGlyphPositions (juce::String::charToString ((juce::juce_wchar) character), numbers,
                                        offsets);
    juce::Path shape;
    if (numbers.size() != 1 || offsets.size() != 2 ||
        ! loaded.typeface->getOutlineForGlyph (numbers[0], shape))
        return {};
    if (shape == loaded.missing && ! isWhiteSpace (character))
        return {};
    return Glyph { face, numbers[0], offsets[1] * loaded.scale };
}

Typefaces::Glyph Typefaces::choose (char32_t character)
{
    if (character == U'\t')
        return { Bundled, -1, glyph (U' ').advance * 4.0f };
    const bool isWithoutRoom = takesNoRoom (character);
    const bool isEastAsian = isCjk (character);
    const std::array<Face, 3> order { isEastAsian ? Cjk : Bundled, isEastAsian ? Bundled : System,
                                      isEastAsian ? System : Cjk };
    for (const auto face : order)
    {
        if (face == Cjk && ! isEastAsian && faces[Cjk] == std::nullopt)
            continue; // large: not loaded for what it will hardly have
        if (auto found = find (face, character))
        {
            found->advance = isWithoutRoom ? 0.0f : found->advance;
            return *found;
        }
    }
    isCjkMissing = isCjkMissing || isEastAsian;
    if (isWithoutRoom)
        return {};
    return { Bundled, (int) inNoFont, advanceOf (*load (Bundled).typeface, inNoFont) };
}

const Typefaces::Glyph& Typefaces::glyph (char32_t character)
{
    if (const auto known = glyphs.find (character); known != glyphs.end())
        return known->second;
    const auto chosen = choose (character);
    if (glyphs.size() >= mostGlyphs)
        glyphs.clear();
    return glyphs[character] = chosen;
}

juce::Font Typefaces::font (Face face, float height) const
{
    const auto& loaded = faces[face];
    if (! loaded || loaded->typeface == nullptr)
        return juce::Font (height);
    return juce::Font (loaded->typeface).withHeight (height * loaded->scale);
}

void Typefaces::addOutline (Face face, int number, juce::Path& path) const
{
    const auto& loaded = faces[face];
    juce::Path shape;
    if (number >= 0 && loaded && loaded->typeface != nullptr &&
        loaded->typeface->getOutlineForGlyph (number, shape))
        path.addPath (shape, juce::AffineTransform::scale (loaded->scale));
}

float Typefaces::ascent() const
{
    return faces[Bundled]->typeface->getAscent();
}
} // namespace tableread::plugin
