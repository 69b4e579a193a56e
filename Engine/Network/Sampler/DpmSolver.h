// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "Kernels/Solver.h"

namespace tableread::engine
{
/** DPM-Solver++ 2M (midpoint) for v-predictions on the cosine schedule, first order at its first and last step
    (Lu et al. 2022; VibeVoice's settings: linspace spacing, final sigma zero). All coefficients depend only on
    the number of steps. */
struct DpmSolver
{
    struct Step
    {
        std::int64_t timestep = 0;
        kernels::SolverCoefficients coefficients;
    };

    std::vector<Step> steps;
    std::vector<float> sigmas; // N + 1, the last 0

    /** steps ≥ 1, at most trainSteps. */
    static DpmSolver make (std::int64_t steps, std::int64_t trainSteps = 1000);

    std::vector<std::int64_t> timesteps() const;
};
} // namespace tableread::engine
