// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace tableread::engine
{
/** DPM-Solver++ 2M (midpoint) for v-predictions on the cosine schedule, first order at its first and last step
    (Lu et al. 2022; settings as VibeVoice's: linspace spacing, final sigma zero). All coefficients depend on the
    number of steps only. */
struct DpmSolver
{
    struct Step
    {
        std::int64_t timestep = 0;
        // x0 = alpha · x − sigma · v
        float alpha = 0, sigma = 0;
        // x' = keep · x + first · x0 + second · (x0 − x0 of the step before)
        float keep = 0, first = 0, second = 0;
    };

    std::vector<Step> steps;
    std::vector<float> sigmas; // N + 1, the last 0

    /** steps ≥ 1, at most trainSteps. */
    static DpmSolver make (std::int64_t steps, std::int64_t trainSteps = 1000);

    std::vector<std::int64_t> timesteps() const;
};
} // namespace tableread::engine
