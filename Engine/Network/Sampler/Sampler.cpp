// SPDX-License-Identifier: Apache-2.0
#include "Network/Sampler/Sampler.h"

#include <ATen/ATen.h>
#include <vector>

#include "Kernels/Chain.h"

namespace tableread::engine
{
namespace
{
void tapStep (const SampleRequest& request, std::size_t step, int firstRow, const at::Tensor& x,
              float timestep, const at::Tensor& v)
{
    if (request.tap == nullptr)
        return;
    const auto name = request.name + "s" + std::to_string (step) + ".";
    auto pair = x.unsqueeze (0).repeat ({ 2, 1 });
    auto times = at::full ({ 2 }, timestep, at::kFloat);
    auto out = v.narrow (0, firstRow, request.uncondition.defined() ? 2 : 1).clone();
    request.tap->see (name + "x", pair);
    request.tap->see (name + "t", times);
    request.tap->see (name + "v", out);
}
} // namespace

const Sampler::Plan& Sampler::plan (std::int64_t steps)
{
    auto found = plans.find (steps);
    if (found == plans.end())
    {
        Plan made { DpmSolver::make (steps, head.config().trainSteps), {} };
        made.table = head.timesteps (made.solver.timesteps());
        found = plans.emplace (steps, std::move (made)).first;
    }
    return found->second;
}

at::Tensor Sampler::sample (std::span<const SampleRequest> requests, std::int64_t steps)
{
    std::vector<at::Tensor> conditions, starts;
    std::vector<int> firstRows;
    std::vector<float> guidance;
    for (const auto& request : requests)
    {
        firstRows.push_back ((int) conditions.size());
        guidance.push_back (request.uncondition.defined() ? request.guidanceScale : 1.0f);
        conditions.push_back (request.condition);
        if (request.uncondition.defined())
            conditions.push_back (request.uncondition);
        starts.push_back (request.noise);
    }
    const auto device = conditions.front().device();
    const kernels::GuidedRows rows { at::tensor (firstRows, at::kInt).to (device),
                                     at::tensor (guidance, at::kFloat).to (device) };
    auto x = at::stack (starts).to (device); // [requests, D]
    run (at::stack (conditions), rows, x, steps,
         [&] (std::size_t step, float timestep, const at::Tensor& noisy, const at::Tensor& v) {
             for (std::size_t r = 0; r < requests.size(); ++r)
                 tapStep (requests[r], step, firstRows[r], noisy[(std::int64_t) r], timestep, v);
         });
    return x;
}

void Sampler::run (const at::Tensor& conditions, const kernels::GuidedRows& rows, at::Tensor& x,
                   std::int64_t steps, const Seen& seen)
{
    const auto& [solver, table] = plan (steps);
    const auto modulation = head.modulation (conditions, table);
    auto noisy = at::zeros ({ conditions.size (0), x.size (1) }, x.options());
    auto before = at::zeros_like (x);
    kernels::spreadRows (x, rows, noisy);
    const auto takeSteps = [&] {
        for (std::size_t i = 0; i < solver.steps.size(); ++i)
        {
            const auto v = head (noisy, modulation, (std::int64_t) i);
            if (seen)
                seen (i, table.timesteps[i], x, v);
            kernels::solverStep (x, before, v, noisy, rows, solver.steps[i].coefficients);
        }
    };
    if (seen)
        return takeSteps();
    kernels::chained (x.device(), takeSteps);
}
} // namespace tableread::engine
