// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tableread::plugin
{
/** Sizes in the timeline, in pixels. */
namespace timeline
{
inline constexpr int rulerRow = 20;  // of seconds, and of bars
inline constexpr int barHeight = 30; // below the lanes: scrolling and zooming
inline constexpr int scrollBar = 10; // width of a scroll bar
inline constexpr int mostHead = 128; // width of the speakers' names
inline constexpr int leastHead = 84;
inline constexpr float laneGap = 3.0f;      // above and below a clip
inline constexpr float titleHeight = 17.0f; // of a clip, above its waveform
inline constexpr float titleFont = 13.0f;
inline constexpr float smallFont = 12.0f; // of the ruler
inline constexpr float headFont = 14.0f;
inline constexpr float textGap = 6.0f;
inline constexpr float icon = 11.0f;
inline constexpr float leastForTitle = 44.0f; // width of a clip
inline constexpr float leastForIcon = 30.0f;
inline constexpr float leastForFrame = 3.0f;
} // namespace timeline
} // namespace tableread::plugin
