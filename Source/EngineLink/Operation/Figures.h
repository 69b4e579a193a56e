// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tableread
{
/** How an engine fares, in figures for people. What is empty or 0 is not known yet. */
struct EngineFigures
{
    /** A GPU's memory in bytes, as the engine saw it last. */
    struct Gpu
    {
        std::string worker, device;       // the render thread's number, the GPU's name
        std::int64_t total = 0, free = 0; // of all programs
        std::int64_t used = 0, cached = 0, context = 0, peak = 0; // of the engine

        bool operator== (const Gpu&) const = default;
    };

    std::optional<double> frameMs {};       // from one frame of a passage to its next
    std::optional<double> realTimeFactor;   // seconds of work for a second of speech
    std::optional<double> firstAudioMs;     // from a request to its first frame
    std::int64_t speaking = 0, waiting = 0; // passages
    std::int64_t residentBytes = 0;         // of the engine's process
    std::vector<Gpu> gpus {};

    bool operator== (const EngineFigures&) const = default;
};

/** Reads an engine's /metrics again and again. A time is the average of what has happened since it was read last; if nothing
    has, it stays. Reads what others wrote: what it does not understand is left out. Threads: one at a time. */
class FigureReader
{
public:
    const EngineFigures& read (std::string_view metrics);

    /** Another engine comes: nothing is known of it. */
    void forget() { *this = {}; }

private:
    struct Total // of a histogram
    {
        double sum = 0, count = 0;
    };

    EngineFigures now;
    std::array<Total, 3> before;
};
} // namespace tableread
