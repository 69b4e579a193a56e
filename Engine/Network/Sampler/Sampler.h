// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <span>

#include "Network/DiffusionHead.h"
#include "Network/Sampler/DpmSolver.h"
#include "Network/Tap.h"

namespace tableread::engine
{
/** One frame to sample, of one sequence. */
struct SampleRequest
{
    at::Tensor condition;   // [h], the positive branch's hidden state
    at::Tensor uncondition; // [h], the negative branch's; undefined if guidance is 1
    at::Tensor noise;       // [D]
    float guidanceScale = 1.3f;
    Tap* tap = nullptr;
    std::string name; // of the frame for the tap: "f3."
};

/** The conditions of a batch: hidden states [rows, h], and which rows belong to which request. */
struct GuidedConditions
{
    at::Tensor hidden;
    kernels::GuidedRows rows;
};

/** The diffusion head's output at one step: v [rows, D] for noisy latents x [requests, D], which the step then
    changes. */
struct Prediction
{
    std::size_t step = 0;
    float timestep = 0;
    at::Tensor x, v;
};

/** Samples latents from hidden states: DPM-Solver steps with classifier-free guidance, v = v_u + s · (v_c − v_u), the
    rows of all requests in one batch. */
class Sampler
{
public:
    explicit Sampler (const DiffusionHead& of) : head (of) {}

    /** → latents [requests, D] float32, in the scaled space. All requests take `steps` steps. */
    at::Tensor sample (std::span<const SampleRequest> requests, std::int64_t steps);

    /** The same on tensors only, all on the device, so that a captured graph can replay it.
        x [R, D] holds the noise and becomes the latents. seen: called after each prediction. */
    using Seen = std::function<void (const Prediction& prediction)>;
    void run (const GuidedConditions& conditions, at::Tensor& x, std::int64_t steps, const Seen& seen = {});

    /** Prepares what depends only on the number of steps; otherwise the first run does. */
    void prepare (std::int64_t steps) { plan (steps); }

private:
    struct Plan
    {
        DpmSolver solver;
        TimestepTable table;
    };
    const Plan& plan (std::int64_t steps);

    const DiffusionHead& head;
    std::map<std::int64_t, Plan> plans;
};
} // namespace tableread::engine
