// SPDX-License-Identifier: Apache-2.0
#include "Sampler/Sampler.h"

#include <ATen/ATen.h>
#include <vector>

namespace tableread::engine
{
namespace
{
/** Where a request's rows stand in the batch: the conditional one, and behind it the unconditional one if it has one. */
struct Rows
{
    std::int64_t first = 0;
    bool guided = false;
};

void tapStep (const SampleRequest& request, std::size_t step, const Rows& rows, const at::Tensor& x,
              float timestep, const at::Tensor& v)
{
    if (request.tap == nullptr)
        return;
    const auto name = request.name + "s" + std::to_string (step) + ".";
    auto pair = x.unsqueeze (0).repeat ({ 2, 1 });
    auto times = at::full ({ 2 }, timestep, at::kFloat);
    auto out = v.narrow (0, rows.first, rows.guided ? 2 : 1).clone();
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
    const auto& [solver, table] = plan (steps);
    std::vector<at::Tensor> conditions, starts;
    std::vector<Rows> rows;
    for (const auto& request : requests)
    {
        rows.push_back ({ (std::int64_t) conditions.size(), request.uncondition.defined() });
        conditions.push_back (request.condition);
        if (request.uncondition.defined())
            conditions.push_back (request.uncondition);
        starts.push_back (request.noise);
    }
    const auto modulation = head.modulation (at::stack (conditions), table);

    auto x = at::stack (starts); // [requests, D]
    auto batch = at::empty ({ (std::int64_t) conditions.size(), x.size (1) }, at::kFloat);
    auto x0 = at::empty_like (x), before = at::zeros_like (x);
    const auto width = x.size (1);
    for (std::size_t i = 0; i < solver.steps.size(); ++i)
    {
        for (std::size_t r = 0; r < requests.size(); ++r)
            batch.narrow (0, rows[r].first, rows[r].guided ? 2 : 1).copy_ (x[(std::int64_t) r]);
        const auto v = head (batch, modulation, (std::int64_t) i);
        const auto& step = solver.steps[i];
        for (std::size_t r = 0; r < requests.size(); ++r)
        {
            tapStep (requests[r], i, rows[r], x[(std::int64_t) r], table.timesteps[i], v);
            auto* value = x.mutable_data_ptr<float>() + (std::int64_t) r * width;
            auto* predicted = x0.mutable_data_ptr<float>() + (std::int64_t) r * width;
            const auto* last = before.const_data_ptr<float>() + (std::int64_t) r * width;
            const auto* conditional = v.const_data_ptr<float>() + rows[r].first * width;
            const auto* unconditional = rows[r].guided ? conditional + width : conditional;
            for (std::int64_t d = 0; d < width; ++d)
            {
                const float guided =
                    rows[r].guided
                        ? unconditional[d] + requests[r].guidanceScale * (conditional[d] - unconditional[d])
                        : conditional[d];
                predicted[d] = step.alpha * value[d] - step.sigma * guided;
                value[d] =
                    step.keep * value[d] + step.first * predicted[d] + step.second * (predicted[d] - last[d]);
            }
        }
        std::swap (x0, before);
    }
    return x;
}
} // namespace tableread::engine
