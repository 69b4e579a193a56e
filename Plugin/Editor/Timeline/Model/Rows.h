// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>

namespace tableread::plugin
{
/** Which lanes are on the screen, and where, in pixels. */
class TimelineRows
{
public:
    static constexpr double leastHeight = 40.0, mostHeight = 92.0; // of a lane

    void setSize (double pixels, std::size_t laneCount);

    std::size_t count() const { return lanes; }
    double height() const { return laneHeight; }
    double size() const { return pixelHeight; }                  // of what is on the screen
    double whole() const { return laneHeight * (double) lanes; } // of all lanes
    double top() const { return scrolled; }

    double yOf (std::size_t lane) const { return (double) lane * laneHeight - scrolled; }
    std::optional<std::size_t> laneAt (double y) const;
    std::size_t nearestLane (double y) const; // 0 if there is none

    void scrollTo (double pixels);
    void reveal (std::size_t lane);

private:
    std::size_t lanes = 0;
    double pixelHeight = 0.0, laneHeight = leastHeight, scrolled = 0.0;
};
} // namespace tableread::plugin
