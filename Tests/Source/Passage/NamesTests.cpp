// SPDX-License-Identifier: Apache-2.0
#include "Passage/Names.h"

#include <catch2/catch.hpp>

using namespace tableread;

TEST_CASE ("Names are the same whatever their case", "[source][passage]")
{
    CHECK (sameName ("Anna", "ANNA"));
    CHECK (sameName ("ÄNNE", "änne"));
    CHECK (sameName ("ΣΟΦΌΣ", "σοφός")); // ς and σ are one letter
    CHECK (sameName ("Strauß", "STRAUSS"));
    CHECK (sameName ("İpek", "i\u0307pek")); // ICU's default folding, not the Turkish one
    CHECK_FALSE (sameName ("İpek", "ipek"));
    CHECK_FALSE (sameName ("Anne", "Änne"));
    CHECK_FALSE (sameName ("Anna", ""));
}

TEST_CASE ("Names that are not UTF-8 are told apart, and A to Z are folded", "[source][passage]")
{
    CHECK (sameName ("ANNA\xe9", "anna\xe9"));
    CHECK_FALSE (sameName ("anna\xe9", "anna\xe8"));
}
