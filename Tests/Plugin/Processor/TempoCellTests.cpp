// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/TempoCell.h"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

using tableread::plugin::TempoCell;

TEST_CASE ("A tempo is read as a whole, while it is set again and again", "[plugin][tempo]")
{
    constexpr int most = 200'000;
    TempoCell cell;
    CHECK_FALSE (cell.get());
    std::atomic<bool> isOver { false };
    std::thread audio ([&] {
        for (int i = 1; i <= most; ++i)
            cell.set ({ (double) i, (double) i * 2.0, i, i * 4 });
        isOver = true;
    });
    int read = 0, torn = 0;
    do
        if (const auto tempo = cell.get())
        {
            ++read;
            const int i = tempo->beatsPerBar;
            torn += tempo->quartersAMinute != i || tempo->origin != 2.0 * i || tempo->beatUnit != 4 * i;
        }
    while (! isOver);
    audio.join();
    CHECK (read > 0);
    CHECK (torn == 0);
    CHECK (cell.get()->beatsPerBar == most);
}
