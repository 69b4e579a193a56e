// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tableread::plugin
{
/** Sizes in the script's editor, in pixels. */
namespace look
{
inline constexpr float fontHeight = 16.0f;
inline constexpr int rowHeight = 22;
inline constexpr int edge = 8;        // above and below the rows, and at their right
inline constexpr int markWidth = 20;  // of a line's state, at the left
inline constexpr int digitWidth = 8;  // of a line's number
inline constexpr int stripeWidth = 3; // in the speaker's colour
inline constexpr int textGap = 10;    // between the stripe and the text
inline constexpr int barWidth = 10;   // of the scroll bar
inline constexpr int noticeHeight = 40;
} // namespace look
} // namespace tableread::plugin
