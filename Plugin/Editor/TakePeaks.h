// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

    struct Peak
    {
        float low = 0.0f, high = 0.0f;
    };

    explicit TakePeaks (std::shared_ptr<const Take> take) : source (std::move (take)) {}

    const Take* take() const { return source.get(); }

    /** Reads the samples that have arrived since. @returns whether there were any. */
    bool update();

    /** The peaks of the samples in [from, to) of the take. */
    Peak between (std::int64_t from, std::int64_t to) const;

    float loudest() const { return highest; }

private:
    std::shared_ptr<const Take> source;
    std::vector<Peak> peaks;
    std::int64_t seen = 0;
    float highest = 0.0f; // of all samples, as a magnitude
};
} // namespace tableread::plugin
