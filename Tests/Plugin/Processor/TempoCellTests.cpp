// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/TempoCell.h"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

using tableread::plugin::TempoCell;

TEST_CASE ("A tempo is read as a whole, while it is set again and again", "[plugin][tempo]")
{
    constexpr int most = 20'000;
    TempoCell cell;
    CHECK_FALSE (cell.get());
    std::atomic<bool> isOver { false };
    std::thread audio ([&] {
        for (int i = 1; ! isOver; i = i % 1'000'000 + 1)
        {
            cell.set ({ (double) i, (double) i * 2.0, i, i * 4 });
            std::this_thread::yield(); // a block later
        }
    });
    int torn = 0;
    for (int read = 0; read < most;)
        if (const auto tempo = cell.get())
        {
            ++read;
            const int i = tempo->beatsPerBar;
            torn += tempo->quartersAMinute != i || tempo->origin != 2.0 * i || tempo->beatUnit != 4 * i;
        }
    isOver = true;
    audio.join();
    CHECK (torn == 0);
}
