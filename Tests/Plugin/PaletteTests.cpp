// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <initializer_list>

#include <catch2/catch.hpp>

#include "Editor/Look/Palette.h"

using namespace tableread::plugin;

namespace
{
/** As WCAG 2 defines it: of the light that a colour gives. */
double luminance (std::uint32_t colour)
{
    const auto part = [colour] (int shift) {
        const auto value = (double) (colour >> shift & 0xff) / 255.0;
        return value <= 0.03928 ? value / 12.92 : std::pow ((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part (16) + 0.7152 * part (8) + 0.0722 * part (0);
}

double contrast (std::uint32_t a, std::uint32_t b)
{
    const auto first = luminance (a), second = luminance (b);
    return (std::max (first, second) + 0.05) / (std::min (first, second) + 0.05);
}

/** A colour that lets another one through. */
std::uint32_t over (std::uint32_t above, double opacity, std::uint32_t below)
{
    std::uint32_t mixed = 0xff;
    for (const int shift : { 16, 8, 0 })
    {
        const auto value =
            opacity * (double) (above >> shift & 0xff) + (1.0 - opacity) * (double) (below >> shift & 0xff);
        mixed = mixed << 8 | (std::uint32_t) std::lround (value);
    }
    return mixed;
}
} // namespace

TEST_CASE ("Text can be read on whatever it stands on", "[plugin][theme]")
{
    using namespace palette;
    CHECK (contrast (0xff000000, 0xffffffff) == Approx (21.0));
    CHECK (over (0xffffffff, 0.5, 0xff000000) == 0xff808080);
    constexpr double enough = 4.5, ofRings = 3.0;
    for (const auto ground : { background, panel, field, line, hover })
    {
        CAPTURE (ground);
        CHECK (contrast (text, ground) >= enough);
        CHECK (contrast (accent, ground) >= enough);
    }
    for (const auto ground : { background, panel, field, line })
    {
        CAPTURE (ground);
        CHECK (contrast (dim, ground) >= enough);
        CHECK (contrast (bad, ground) >= enough);
        CHECK (contrast (good, ground) >= enough);
        CHECK (contrast (accent, ground) >= ofRings); // the ring around what has the keyboard
    }
    CHECK (contrast (background, accent) >= enough); // on the button that stands out
    for (const auto ground : { background, panel, field })
        CHECK (contrast (text, over (accent, 0.28, ground)) >= enough); // selected
    for (const auto speaker : speakers)
        for (const auto ground : { background, panel, field })
        {
            CAPTURE (speaker, ground);
            CHECK (contrast (speaker, ground) >= enough);
        }
}
