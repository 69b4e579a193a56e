// SPDX-License-Identifier: Apache-2.0
#include "Script/PauseMark.h"

#include <chrono>
#include <string>

#include <catch2/catch.hpp>

using namespace tableread;

namespace
{
double lengthOf (std::u32string_view mark)
{
    const auto pause = findPause (mark, 0);
    return pause && pause->start == 0 && pause->end == mark.size() ? pause->ms.value_or (-1) : -2;
}
} // namespace

TEST_CASE ("A pause has milliseconds or seconds", "[source][script]")
{
    CHECK (lengthOf (U"[pause 500ms]") == 500);
    CHECK (lengthOf (U"[pause 1.5s]") == Approx (1500));
    CHECK (lengthOf (U"[PAUSE 2 S]") == 2000);
    CHECK (lengthOf (U"[ pause: 0,25s ]") == Approx (250));
    CHECK (lengthOf (U"[pause 0s]") == 0);
    CHECK (lengthOf (U"[pause 999999s]") == 999'999'000);
    CHECK (lengthOf (U"[pause 2 seconds]") == 2000);
    CHECK (lengthOf (U"[pause 1 sec.]") == 1000);
    CHECK (lengthOf (U"[silence 250 milliseconds]") == 250);
    CHECK (lengthOf (U"[beat 1s]") == 1000);
    CHECK (lengthOf (U"[pause 1 minute]") == 60'000);
}

TEST_CASE ("A pause without a duration or a unit has the usual one", "[source][script]")
{
    CHECK (lengthOf (U"[pause]") == 1000);
    CHECK (lengthOf (U"[Silence]") == 1000);
    CHECK (lengthOf (U"[beat]") == 500);
    CHECK (lengthOf (U"[pause:1500]") == 1500);
    CHECK (lengthOf (U"[pause 500]") == 500);
    CHECK (lengthOf (U"[pause 2]") == 2);
    CHECK_FALSE (findPause (U"[pause 2]", 0)->hasUnit);
    CHECK (findPause (U"[pause 2s]", 0)->hasUnit);
}

TEST_CASE ("A break as in SSML is a pause", "[source][script]")
{
    CHECK (lengthOf (U"<break time=\"1s\"/>") == 1000);
    CHECK (lengthOf (U"<BREAK time = '250ms' />") == 250);
    CHECK (lengthOf (U"<break time=”2s”>") == 2000);
    CHECK (lengthOf (U"<break/>") == -1);
    CHECK (lengthOf (U"<break strength=\"strong\"/>") == -1);
    CHECK (! findPause (U"<breakfast>", 0));
    CHECK (! findPause (U"a < break time", 0));
}

TEST_CASE ("A pause of unknown length is reported", "[source][script]")
{
    for (const auto* mark : { U"[pause 1.5]", U"[pause 2x]", U"[pause two seconds]", U"[long pause]",
                              U"[a beat]", U"[pause 1m]", U"[pause -1s]", U"[pause 1.s]", U"[pause .5s]",
                              U"[pause 1.2.3s]", U"[pause 1234567s]", U"[pause ms]" })
        CHECK (lengthOf (mark) == -1);
}

TEST_CASE ("Other brackets are text", "[source][script]")
{
    CHECK (! findPause (U"[laughs]", 0));
    CHECK (! findPause (U"[pauses 1s]", 0));
    CHECK (! findPause (U"pause 1s", 0));
    CHECK (! findPause (U"[pause 1s", 0));
    CHECK (! findPause (U"[pause                                                                    1s]", 0));
}

TEST_CASE ("Pauses are found in a line, one after the other", "[source][script]")
{
    const std::u32string line = U"a [x] [pause 1s] b [pause 2s]";
    const auto first = findPause (line, 0);
    REQUIRE (first);
    CHECK (first->start == 6);
    CHECK (first->end == 16);
    const auto second = findPause (line, first->end);
    REQUIRE (second);
    CHECK (second->ms == 2000.0);
    CHECK (! findPause (line, second->end));
}

TEST_CASE ("Ten megabytes of brackets are looked through in linear time", "[source][script]")
{
    const auto start = std::chrono::steady_clock::now();
    CHECK (! findPause (std::u32string (10'000'000, U'[') + U"x]", 0));
    CHECK (std::chrono::steady_clock::now() - start <
           std::chrono::seconds (20)); // quadratic would take a day
}
