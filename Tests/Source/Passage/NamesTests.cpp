// SPDX-License-Identifier: Apache-2.0
#include "Passage/Names.h"

#include <catch2/catch.hpp>

using namespace tableread;

TEST_CASE ("Names are the same in any case, width and spacing", "[source][passage]")
{
    CHECK (sameName ("Anna", "ANNA"));
    CHECK (sameName ("ÄNNE", "änne"));
    CHECK (sameName ("ΣΟΦΌΣ", "σοφός")); // ς and σ are one letter
    CHECK (sameName ("Strauß", "STRAUSS"));
    CHECK (sameName ("İpek", "i\u0307pek")); // ICU's default folding, not the Turkish one
    CHECK (sameName ("Ａｎｎａ", "anna"));
    CHECK (sameName ("Zoe\u0308", "Zoë"));
    CHECK (sameName (" Old\u00a0  Man ", "old man"));
    CHECK (sameName ("An\u00adna\u200b", "\u200eAnna\u200f"));
    CHECK (sameName ("Speaker 01", "SPEAKER 1"));
    CHECK (sameName ("O’Neil", "O'Neil"));
    CHECK_FALSE (sameName ("Speaker 10", "Speaker 1"));
    CHECK_FALSE (sameName ("Anna Marie", "Annamarie"));
    CHECK_FALSE (sameName ("İpek", "ipek"));
    CHECK_FALSE (sameName ("Anne", "Änne"));
    CHECK_FALSE (sameName ("Anna", ""));
}

TEST_CASE ("Names that are not UTF-8 are told apart, and A to Z are folded", "[source][passage]")
{
    CHECK (sameName ("ANNA\xe9", "anna\xe9"));
    CHECK (sameName ("ZO\xcb", "zo\xcb"));
    CHECK_FALSE (sameName ("zo@\xcb", "zo`\xcb")); // next to A and a
    CHECK_FALSE (sameName ("zo[\xcb", "zo{\xcb")); // next to Z and z
    CHECK_FALSE (sameName ("anna\xe9", "anna\xe8"));
}
