// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Solver.h"

#include <ATen/ATen.h>

#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine::kernels
{
namespace
{
GpuNoisyRows onGpu (const at::Tensor& x, const GuidedRows& rows, at::Tensor& noisy)
{
    return { .noisy = noisy.mutable_data_ptr<float>(),
             .firstRows = rows.firstRows.const_data_ptr<int>(),
             .guidance = rows.guidance.const_data_ptr<float>(),
             .requests = x.size (0),
             .width = x.size (1) };
}
} // namespace

void spreadRows (const at::Tensor& x, const GuidedRows& rows, at::Tensor& noisy)
{
    if (x.is_cuda())
        return gpu().spreadRows (x.const_data_ptr<float>(), onGpu (x, rows, noisy), gpu().currentStream());
    const auto* first = rows.firstRows.const_data_ptr<int>();
    const auto* guidance = rows.guidance.const_data_ptr<float>();
    for (std::int64_t r = 0; r < x.size (0); ++r)
        noisy.narrow (0, first[r], guidance[r] == 1.0f ? 1 : 2).copy_ (x[r]);
}

void solverStep (SolverState& state, const at::Tensor& v, const GuidedRows& rows, const SolverCoefficients& c)
{
    const auto requests = state.x.size (0), width = state.x.size (1);
    auto* values = state.x.mutable_data_ptr<float>();
    auto* last = state.before.mutable_data_ptr<float>();
    const auto* predictions = v.const_data_ptr<float>();
    if (state.x.is_cuda())
        return gpu().solverStep ({ .x = values,
                                   .before = last,
                                   .v = predictions,
                                   .rows = onGpu (state.x, rows, state.noisy),
                                   .alpha = c.alpha,
                                   .sigma = c.sigma,
                                   .keep = c.keep,
                                   .first = c.first,
                                   .second = c.second },
                                 gpu().currentStream());
    const auto* first = rows.firstRows.const_data_ptr<int>();
    const auto* guidance = rows.guidance.const_data_ptr<float>();
    for (std::int64_t r = 0; r < requests; ++r)
        for (std::int64_t d = 0; d < width; ++d)
        {
            const auto at = r * width + d;
            const auto* conditional = predictions + first[r] * width + d;
            const float guided =
                guidance[r] == 1.0f
                    ? conditional[0]
                    : conditional[width] + guidance[r] * (conditional[0] - conditional[width]);
            const float predicted = c.alpha * values[at] - c.sigma * guided;
            values[at] = c.keep * values[at] + c.first * predicted + c.second * (predicted - last[at]);
            last[at] = predicted;
        }
    spreadRows (state.x, rows, state.noisy);
}
} // namespace tableread::engine::kernels
