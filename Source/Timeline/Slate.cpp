// SPDX-License-Identifier: Apache-2.0
#include "Timeline/Slate.h"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace tableread
{
std::vector<float> makeSlate (double hostRateHz)
{
    constexpr double hertz = 1000.0, peak = 0.1;
    std::vector<float> tone ((std::size_t) std::llround (hostRateHz));
    for (std::size_t i = 0; i < tone.size(); ++i)
        tone[i] = (float) (peak * std::sin (2.0 * std::numbers::pi *
                                            std::fmod (hertz * (double) i / hostRateHz, 1.0)));
    return tone;
}
} // namespace tableread
