// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "Network/WeightReader.h"

namespace tableread::engine
{
/** Cosines, then sines of timesteps [N] → [N, 256] float32 on the CPU. Computed with the library that the reference uses: at
    timestep 999, one bit of a frequency changes the angle by 1e-4. */
at::Tensor timestepSinusoid (const std::vector<float>& timesteps);

/** The part of the head that depends only on the timesteps: made once for each number of steps. */
struct TimestepTable
{
    std::vector<float> timesteps; // N, as the head gets them
    at::Tensor embedding;         // [N, h]
};

/** The part of the head that depends on a frame's conditions: shift, scale and gate of every layer for every step. */
struct Modulation
{
    at::Tensor rows; // [N, R, layers · 3h + 2h]
};

/** The diffusion head: an MLP that predicts v from a noisy latent, conditioned by adaptive norms. Bias-free.
    h hidden, D latent width, N diffusion steps, R rows (a conditional and an unconditional one for each sequence). */
class DiffusionHead
{
public:
    DiffusionHead (const WeightReader& weights, bool bfloat16Timesteps);

    TimestepTable timesteps (std::span<const std::int64_t> steps) const;

    /** conditions [R, h] → all adaLN rows of all steps, in one product. */
    Modulation modulation (const at::Tensor& conditions, const TimestepTable& table) const;

    /** noisy [R, D] at step `step` → v [R, D]. */
    at::Tensor operator() (const at::Tensor& noisy, const Modulation& modulation, std::int64_t step) const;

    const DiffusionHeadConfig& config() const { return settings; }

private:
    struct Layer
    {
        at::Tensor norm;
        kernels::Weight gateUp, down;
    };

    DiffusionHeadConfig settings;
    bool roundTimesteps;
    kernels::Weight input, condition, timestep0, timestep2, adaptive, output;
    std::vector<Layer> layers;
};
} // namespace tableread::engine
