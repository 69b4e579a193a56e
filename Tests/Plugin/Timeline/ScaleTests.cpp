// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/Timeline/Model/Rows.h"
#include "Editor/Timeline/Model/Snap.h"
#include "Editor/Timeline/Model/Ticks.h"

using namespace tableread::plugin;

namespace
{
TimelineScale scaleOf (double pixelsPerSecond, double from = 0.0, double width = 1000.0)
{
    TimelineScale scale;
    scale.setWidth (width);
    scale.setRange (-1e6, 1e6);
    scale.zoom (pixelsPerSecond / scale.pixelsPerSecond(), 0.0);
    scale.scrollTo (from);
    return scale;
}

std::vector<std::string> labelsOf (const std::vector<Tick>& ticks)
{
    std::vector<std::string> labels;
    for (const auto& tick : ticks)
        if (! tick.label.empty())
            labels.push_back (tick.label);
    return labels;
}
} // namespace

TEST_CASE ("Zooming keeps the second under the mouse", "[plugin][timeline]")
{
    auto scale = scaleOf (100.0, 50.0);
    const auto second = scale.toSeconds (300.0);
    CHECK (second == Approx (53.0));
    scale.zoom (4.0, 300.0);
    CHECK (scale.pixelsPerSecond() == Approx (400.0));
    CHECK (scale.toSeconds (300.0) == Approx (second));
    scale.zoom (1e9, 300.0);
    CHECK (scale.pixelsPerSecond() == TimelineScale::mostPixels);
    scale.zoom (1e-9, 300.0);
    CHECK (scale.visible() == Approx (2e6)); // the whole range, and no more
    CHECK (scale.start() == Approx (-1e6));
}

TEST_CASE ("Scrolling ends where there is nothing more", "[plugin][timeline]")
{
    TimelineScale scale;
    scale.setWidth (600.0);
    scale.setRange (0.0, 40.0); // 10 s are seen
    CHECK (scale.visible() == 10.0);
    scale.scrollTo (100.0);
    CHECK (scale.start() == 30.0);
    scale.scrollTo (-1.0);
    CHECK (scale.start() == 0.0);
    scale.scrollTo (25.0);
    scale.setRange (0.0, 20.0);
    CHECK (scale.start() == 10.0);
    scale.setWidth (6000.0);
    CHECK (scale.start() == 0.0);
    CHECK (scale.visible() == 20.0);
}

TEST_CASE ("Revealing scrolls no more than it must", "[plugin][timeline]")
{
    auto scale = scaleOf (100.0, 50.0);
    scale.reveal (51.0, 59.0);
    CHECK (scale.start() == 50.0);
    scale.reveal (59.0, 61.0);
    CHECK (scale.end() == Approx (61.8));
    scale.reveal (20.0, 21.0);
    CHECK (scale.start() == Approx (19.2));
    scale.reveal (100.0, 200.0); // too long: its start
    CHECK (scale.start() == Approx (99.2));
}

TEST_CASE ("A place is exact many hours away", "[plugin][timeline]")
{
    const auto scale = scaleOf (2000.0, 900'000.0);
    const auto sample = 900'000.25 + 1.0 / 24'000.0;
    CHECK (std::abs (scale.toSeconds (scale.toX (sample)) - sample) < 1e-6);
    CHECK (scale.toX (900'000.25) == Approx (500.0));
    CHECK (labelsOf (ticksOfSeconds (scale)).front() == "250:00:00.00");
}

TEST_CASE ("The ruler has room for its labels at any zoom", "[plugin][timeline]")
{
    const HostMusic music { { 3.0, 2.0 }, 97.0, 7, 8 };
    for (auto pixels = 0.001; pixels < 2000.0; pixels *= 1.3)
    {
        CAPTURE (pixels);
        const auto scale = scaleOf (pixels, -30.0);
        for (const auto& ticks : { ticksOfSeconds (scale), ticksOfBars (scale, music) })
        {
            CHECK (ticks.size() < 260);
            double last = -1e9;
            int labels = 0;
            for (const auto& tick : ticks)
                if (! tick.label.empty())
                {
                    CHECK (scale.toX (tick.seconds) - last > 70.0);
                    last = scale.toX (tick.seconds);
                    ++labels;
                }
            CHECK (labels >= 2);
        }
    }
}

TEST_CASE ("The ruler counts seconds and bars", "[plugin][timeline]")
{
    auto scale = scaleOf (100.0, 58.5, 400.0);
    CHECK (stepsOfSeconds (scale) == TickSteps { 1.0, 0.2 });
    CHECK (labelsOf (ticksOfSeconds (scale)) ==
           std::vector<std::string> { "0:58", "0:59", "1:00", "1:01", "1:02" });
    const HostMusic music { { 0.0, 0.0 }, 120.0, 4, 4 };
    CHECK (stepsOfQuarters (scale, music) == TickSteps { 4.0, 1.0 });
    CHECK (labelsOf (ticksOfBars (scale, music)) == std::vector<std::string> { "30", "31", "32" });
    scale = scaleOf (20.0, 0.0);
    CHECK (stepsOfQuarters (scale, music) == TickSteps { 8.0, 4.0 });
    scale = scaleOf (200.0, 0.0, 200.0);
    CHECK (labelsOf (ticksOfBars (scale, music)) == std::vector<std::string> { "1", "1.2", "1.3" });
    const HostMusic waltz { { 10.0, 3.0 }, 60.0, 6, 8 }; // the second bar begins at 10 s
    scale = scaleOf (30.0, 7.0, 200.0);
    CHECK (labelsOf (ticksOfBars (scale, waltz)) == std::vector<std::string> { "1", "2", "3" });
    CHECK (waltz.secondsAt (waltz.quartersAt (12.5)) == 12.5);
}

TEST_CASE ("Times and places are written as usual", "[plugin][timeline]")
{
    CHECK (timeText (0.0) == "0:00");
    CHECK (timeText (59.96, 1) == "1:00.0");
    CHECK (timeText (62.5, 2) == "1:02.50");
    CHECK (timeText (3600.0) == "1:00:00");
    CHECK (timeText (3725.001, 3) == "1:02:05.001");
    CHECK (timeText (-3.2, 1) == "-0:03.2");
    CHECK (timeText (-0.001) == "0:00");
    const HostMusic music;
    CHECK (barText (0.0, music) == "1");
    CHECK (barText (64.0, music) == "17");
    CHECK (barText (66.0, music) == "17.3");
    CHECK (barText (66.5, music) == "17.3.50");
    CHECK (barText (65.9999999, music) == "17.3");
    CHECK (barText (-4.0, music) == "0");
    CHECK (barText (-1.0, music) == "0.4");
}

TEST_CASE ("The nearest edge catches, with either end", "[plugin][timeline]")
{
    const std::vector<double> edges { 0.0, 2.0, 5.0 };
    CHECK (caughtByEdge (2.05, 1.0, edges, 0.1) == 2.0);
    CHECK (caughtByEdge (1.95, 1.0, edges, 0.1) == 2.0);
    CHECK (caughtByEdge (3.93, 1.0, edges, 0.1) == 4.0);            // its end
    CHECK (caughtByEdge (1.97, 3.02, edges, 0.1) == Approx (1.98)); // its end is nearer
    CHECK_FALSE (caughtByEdge (3.0, 1.0, edges, 0.1));
    CHECK (caughtByEdge (5.05, 1.0, edges, 0.1) == 5.0);
    CHECK_FALSE (caughtByEdge (1.0, 1.0, {}, 10.0));
}

TEST_CASE ("Lanes share the height, and scroll where there are too many", "[plugin][timeline]")
{
    TimelineRows rows;
    rows.setSize (160.0, 2);
    CHECK (rows.height() == 80.0);
    CHECK (rows.laneAt (79.0) == 0u);
    CHECK (rows.laneAt (80.0) == 1u);
    CHECK_FALSE (rows.laneAt (160.0));
    CHECK (rows.nearestLane (500.0) == 1);
    CHECK (rows.nearestLane (-5.0) == 0);
    rows.setSize (160.0, 10);
    CHECK (rows.height() == TimelineRows::leastHeight);
    rows.scrollTo (1e9);
    CHECK (rows.top() == 10 * TimelineRows::leastHeight - 160.0);
    CHECK (rows.laneAt (159.0) == 9u);
    rows.reveal (0);
    CHECK (rows.top() == 0.0);
    rows.reveal (9);
    CHECK (rows.yOf (9) + rows.height() == 160.0);
    rows.setSize (1000.0, 10);
    CHECK (rows.top() == 0.0);
    rows.setSize (100.0, 0);
    CHECK_FALSE (rows.laneAt (10.0));
    CHECK (rows.nearestLane (10.0) == 0);
}
