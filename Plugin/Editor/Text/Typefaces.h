// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <unordered_map>

#include <juce_graphics/juce_graphics.h>

#include "Editor/Text/Wrap.h"

namespace tableread::plugin
{
/** The fonts that a script is drawn with. JUCE takes all of a text from one font, so each character gets the first of these
    that has it: the bundled one (Latin, Greek, Cyrillic, IPA), for Chinese, Japanese and Korean a font of the system, and
    else the system's default. Loaded when the first character needs it. Message thread. */
class Typefaces
{
public:
    enum Face
    {
        Bundled,
        Cjk,
        System
    };

    struct Glyph
    {
        Face face = Bundled;
        int number = -1;      // -1: nothing to draw
        float advance = 0.0f; // at a font height of 1
    };

    /** Looks for a font with Chinese, Japanese and Korean characters: systemCjkFont(). It is called at once, on a thread of its own,
        since it may take a while. */
    using FindCjk = std::function<std::optional<std::filesystem::path>()>;

    explicit Typefaces (FindCjk findCjkFont);

    /** One for all editors of the process, as long as one of them lives. */
    static std::shared_ptr<Typefaces> shared();

    const Glyph& glyph (char32_t character);

    /** The font of a face, as large as the bundled one of this height. */
    juce::Font font (Face face, float height) const;
    float ascent() const; // of the bundled one at a height of 1

    /** Adds a glyph's shape to a path, at a height of 1. */
    void addOutline (Face face, int number, juce::Path& path) const;

    const juce::Typeface& bundled() const { return *faces[Bundled]->typeface; }

    /** True once a Chinese, Japanese or Korean character was asked for that no font has. */
    bool lacksCjk() const { return isCjkMissing; }
    static const char* const cjkAdvice; // what to do about it

private:
    struct Loaded
    {
        juce::Typeface::Ptr typeface;
        float scale = 1.0f;
        juce::Path missing; // what it draws for a character that it has not
    };

    const Loaded& load (Face face);
    juce::Typeface::Ptr loadCjk();
    std::optional<Glyph> find (Face face, char32_t character);
    Glyph choose (char32_t character);

    std::future<std::optional<std::filesystem::path>> cjkFile;
    std::array<std::optional<Loaded>, 3> faces;
    std::unordered_map<char32_t, Glyph> glyphs;
    bool isCjkMissing = false;
};

/** Widths of the characters at a font height. */
class FontMeasure : public TextMeasure
{
public:
    FontMeasure (std::shared_ptr<Typefaces> faces, float fontHeight)
        : typefaces (std::move (faces))
        , height (fontHeight)
    {}

    float advance (char32_t character) override { return typefaces->glyph (character).advance * height; }

private:
    std::shared_ptr<Typefaces> typefaces;
    float height;
};
} // namespace tableread::plugin
