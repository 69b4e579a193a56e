// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "Script/SpokenLine.h"

namespace tableread::engine
{
/** Where the lines of a passage begin and end in its speech. The model speaks them in one go and does not tell: only the start
    of the first and the end of the last are known, the others are estimated from the lengths of the texts. */
class LineMarks
{
public:
    LineMarks (std::span<const SpokenLine> lines, std::int64_t sampleRateHz);

    struct Mark
    {
        std::size_t line = 0;
        bool isStart = false, isEstimated = false;
        std::int64_t sample = 0;

        bool operator== (const Mark&) const = default;
    };

    /** The marks before `samples`, which were not told before, in their order. */
    std::vector<Mark> reached (std::int64_t samples);

    /** The rest: the speech ended after so many samples. */
    std::vector<Mark> ended (std::int64_t samples);

private:
    std::vector<std::int64_t> borders; // between two lines
    std::size_t told = 0;              // marks
    std::vector<Mark> marksUntil (std::int64_t samples, bool isEnd);
};
} // namespace tableread::engine
