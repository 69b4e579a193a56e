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

/** Turns hidden states into latents: DPM-Solver steps with classifier-free guidance, v = v_u + s · (v_c − v_u), the
    rows of all requests in one batch. */
class Sampler
{
public:
    explicit Sampler (const DiffusionHead& of) : head (of) {}

    /** → latents [requests, D] float32, in the scaled space. All requests take `steps` steps. */
    at::Tensor sample (std::span<const SampleRequest> requests, std::int64_t steps);

    /** The same on tensors alone, all on the device: what a captured graph can repeat.
        conditions [rows, h], x [R, D] the noise, changed into the latents. seen: called after each prediction. */
    using Seen =
        std::function<void (std::size_t step, float timestep, const at::Tensor& x, const at::Tensor& v)>;
    void run (const at::Tensor& conditions, const kernels::GuidedRows& rows, at::Tensor& x,
              std::int64_t steps, const Seen& seen = {});

    /** Makes what depends on the number of steps alone; else the first run does. */
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
