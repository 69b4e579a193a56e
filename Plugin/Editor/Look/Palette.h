// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace tableread::plugin::palette
{
/** The colours of everything, as 0xffRRGGBB. A test sees to it that text is at least 4.5 times as bright as what it stands
    on, or that many times as dark. */
inline constexpr std::uint32_t background = 0xff14161b, panel = 0xff1b1e25, field = 0xff101216,
                               line = 0xff2c313b, hover = 0xff343a46, text = 0xffe4e7ec, dim = 0xff959dab,
                               accent = 0xfff2b155, bad = 0xffff7a70, good = 0xff8fce8a;

/** Names and stripes of speakers, in turn. */
inline constexpr std::array<std::uint32_t, 8> speakers { 0xff6fb3f2, 0xfff09a6a, 0xff8fce8a, 0xffc09cf0,
                                                         0xff55cfc0, 0xffee7f9d, 0xffd8c56a, 0xff9aa7ff };
} // namespace tableread::plugin::palette
