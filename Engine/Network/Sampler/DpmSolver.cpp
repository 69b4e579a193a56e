// SPDX-License-Identifier: Apache-2.0
#include "Network/Sampler/DpmSolver.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
/** σ of every training step: √((1 − ᾱ) / ᾱ) in fp32, ᾱ the running product of 1 − β, accumulated in double as in
    the reference's library. */
std::vector<float> trainSigmas (std::int64_t count)
{
    const auto cosine = [count] (std::int64_t i) {
        const double u = (double) i / (double) count;
        return std::pow (std::cos ((u + 0.008) / 1.008 * std::numbers::pi / 2), 2);
    };
    std::vector<float> sigmas;
    double product = 1.0;
    for (std::int64_t i = 0; i < count; ++i)
    {
        const auto beta = (float) std::min (1.0 - cosine (i + 1) / cosine (i), 0.999);
        product *= (double) (1.0f - beta);
        const auto kept = (float) product;
        sigmas.push_back (std::sqrt ((1.0f - kept) / kept));
    }
    return sigmas;
}
} // namespace

DpmSolver DpmSolver::make (std::int64_t count, std::int64_t trainSteps)
{
    if (count < 1 || count > trainSteps - 1)
        fail (ErrorCode::OutOfRange, "diffusion steps is " + std::to_string (count) +
                                         "; use a number from 1 to " + std::to_string (trainSteps - 1) +
                                         " (10 is usual).");
    const auto train = trainSigmas (trainSteps);
    DpmSolver solver;
    for (std::int64_t i = count; i > 0; --i)
    {
        // nearbyint rounds half to even, as numpy does
        const auto t =
            (std::int64_t) std::nearbyint ((double) i * ((double) (trainSteps - 1) / (double) count));
        solver.steps.push_back ({ t, {} });
        solver.sigmas.push_back (train[(std::size_t) t]);
    }
    solver.sigmas.push_back (0.0f);

    // fp32 throughout, in the reference's order: these numbers multiply every sample of every step.
    const auto alpha = [&] (std::size_t i) {
        return 1.0f / std::sqrt (solver.sigmas[i] * solver.sigmas[i] + 1.0f);
    };
    const auto sigma = [&] (std::size_t i) { return solver.sigmas[i] * alpha (i); };
    const auto lambda = [&] (std::size_t i) { return std::log (alpha (i)) - std::log (sigma (i)); };
    for (std::size_t i = 0; i < solver.steps.size(); ++i)
    {
        auto& step = solver.steps[i].coefficients;
        step.alpha = alpha (i);
        step.sigma = sigma (i);
        if (i + 1 == solver.steps.size()) // σ becomes zero: x' = x0
        {
            step.first = 1.0f;
            continue;
        }
        const float h = lambda (i + 1) - lambda (i);
        step.keep = sigma (i + 1) / sigma (i);
        step.first = -(alpha (i + 1) * (std::exp (-h) - 1.0f));
        if (i > 0)
            step.second = 0.5f * step.first * (1.0f / ((lambda (i) - lambda (i - 1)) / h));
    }
    return solver;
}

std::vector<std::int64_t> DpmSolver::timesteps() const
{
    std::vector<std::int64_t> all;
    for (const auto& step : steps)
        all.push_back (step.timestep);
    return all;
}
} // namespace tableread::engine
