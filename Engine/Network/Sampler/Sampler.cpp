// SPDX-License-Identifier: Apache-2.0
#include "Network/Sampler/Sampler.h"

#include <ATen/ATen.h>
#include <vector>

#include "Kernels/PersistentKernel.h"

namespace tableread::engine
{
namespace
{
/** Shows a request's tap its part of the batch's prediction: row `index` of x, and the rows of v from `firstRow`. */
void tapStep (const SampleRequest& request, std::int64_t index, int firstRow, const Prediction& prediction)
{
    if (request.tap == nullptr)
        return;
    const auto name = request.name + "s" + std::to_string (prediction.step) + ".";
    auto pair = prediction.x[index].unsqueeze (0).repeat ({ 2, 1 });
    auto times = at::full ({ 2 }, prediction.timestep, at::kFloat);
    auto out = prediction.v.narrow (0, firstRow, request.uncondition.defined() ? 2 : 1).clone();
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
    run ({ .hidden = at::stack (conditions), .rows = rows }, x, steps, [&] (const Prediction& prediction) {
        for (std::size_t r = 0; r < requests.size(); ++r)
            tapStep (requests[r], (std::int64_t) r, firstRows[r], prediction);
    });
    return x;
}

void Sampler::run (const GuidedConditions& conditions, at::Tensor& x, std::int64_t steps, const Seen& seen)
{
    const auto& [solver, table] = plan (steps);
    const auto& rows = conditions.rows;
    const auto modulation = head.modulation (conditions.hidden, table);
    auto noisy = at::zeros ({ conditions.hidden.size (0), x.size (1) }, x.options());
    kernels::SolverState state { x, at::zeros_like (x), noisy };
    kernels::spreadRows (x, rows, noisy);
    const auto takeSteps = [&, &solver = solver, &table = table] {
        for (std::size_t i = 0; i < solver.steps.size(); ++i)
        {
            const auto v = head (noisy, modulation, (std::int64_t) i);
            if (seen)
                seen ({ .step = i, .timestep = table.timesteps[i], .x = x, .v = v });
            kernels::solverStep (state, v, rows, solver.steps[i].coefficients);
        }
    };
    if (seen)
        return takeSteps();
    kernels::inPersistentKernel (x.device(), takeSteps);
}
} // namespace tableread::engine
