// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "Take/Take.h"

namespace tableread::plugin
{
/** The highest and lowest samples of a growing take, in steps of 5 ms, for drawing. Reads only new samples. */
class TakePeaks
{
public:
    static constexpr std::int64_t step = 120;
    static constexpr std::int64_t everything = std::numeric_limits<std::int64_t>::max();

    struct Peak
    {
        float low = 0.0f, high = 0.0f;
    };

    explicit TakePeaks (std::shared_ptr<const Take> take) : source (std::move (take)) {}

    const Take* take() const { return source.get(); }

    /** Reads the samples that have arrived since, at most so many. @returns whether there were any. */
    bool update (std::int64_t most = everything);

    std::int64_t samplesRead() const { return seen; }
    bool isUpToDate() const { return seen == source->audio().rendered(); }

    /** The peaks of the samples in [from, to) of the take, from 0 to 0 where there is none: exact for less than two steps,
        else of the whole steps that have part of them. */
    Peak between (std::int64_t from, std::int64_t to) const;

    float loudest() const { return highest; }

private:
    static constexpr std::size_t cellsInBlock = 32; // so that long stretches cost little

    std::shared_ptr<const Take> source;
    std::vector<Peak> peaks, blocks; // of a step each, and of so many of them
    std::int64_t seen = 0;
    float highest = 0.0f; // of all samples, as a magnitude
};
} // namespace tableread::plugin
