// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tableread::plugin
{
/** Which part of the time is on the screen: seconds to pixels and back. All in doubles, so a place many hours away is exact
    at any zoom; only what is on the screen becomes an int. */
class TimelineScale
{
public:
    static constexpr double mostPixels = 2000.0;  // a second
    static constexpr double usualPixels = 60.0;   // a second, at first
    static constexpr double shortestRange = 10.0; // seconds
    static constexpr double revealMargin = 0.08;  // of the width

    void setWidth (double pixels); // at least 1

    /** The seconds that can be scrolled to. The view stays where it is as far as possible. */
    void setRange (double from, double to);

    double width() const { return pixelWidth; }
    double pixelsPerSecond() const { return pixels; }
    double leastPixels() const; // a second: the whole range is on the screen
    double start() const { return left; }
    double end() const { return toSeconds (pixelWidth); }
    double visible() const { return pixelWidth / pixels; }
    double rangeStart() const { return first; }
    double rangeEnd() const { return last; }

    double toX (double seconds) const { return (seconds - left) * pixels; }
    double toSeconds (double x) const { return left + x / pixels; }

    void scrollTo (double seconds);      // of the left edge
    void zoom (double factor, double x); // the second at x stays where it is
    void fit (double from, double to);

    /** Scrolls so that this is on the screen, if it is not: its start, where it is too long. */
    void reveal (double from, double to);

private:
    double pixelWidth = 1.0, pixels = usualPixels, left = 0.0;
    double first = 0.0, last = shortestRange;
};
} // namespace tableread::plugin
