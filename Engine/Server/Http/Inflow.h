// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

namespace tableread::engine
{
/** How fast a body comes: since when its last pieces have been on their way. Of several bodies the slowest is the one whose
    pieces began to come first; nobody has to look for a body that stops. */
class Inflow
{
public:
    using Clock = std::chrono::steady_clock;

    static constexpr std::size_t pieceBytes = std::size_t { 64 } * 1024;

    explicit Inflow (Clock::time_point begin) : lastBegan (begin), nowBegan (begin) {}

    /** The body has so many bytes by now. */
    void came (std::size_t bytes)
    {
        if (bytes < counted + pieceBytes)
            return;
        counted = bytes;
        lastBegan = std::exchange (nowBegan, Clock::now());
    }

    /** When the last whole piece began to come, and with it what has come since; at first, the body. */
    Clock::time_point since() const { return lastBegan; }

private:
    Clock::time_point lastBegan, nowBegan;
    std::size_t counted = 0; // bytes of whole pieces
};
} // namespace tableread::engine
