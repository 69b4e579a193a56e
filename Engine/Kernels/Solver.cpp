// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Solver.h"

#include <ATen/ATen.h>

#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine::kernels
{
void spreadRows (const at::Tensor& x, const GuidedRows& rows, at::Tensor& noisy)
{
    if (x.is_cuda())
        return gpu().spreadRows (x.const_data_ptr<float>(), noisy.mutable_data_ptr<float>(),
                                 rows.firstRows.const_data_ptr<int>(), rows.guidance.const_data_ptr<float>(),
                                 x.size (0), x.size (1), gpu().currentStream());
    const auto* first = rows.firstRows.const_data_ptr<int>();
    const auto* guidance = rows.guidance.const_data_ptr<float>();
    for (std::int64_t r = 0; r < x.size (0); ++r)
        noisy.narrow (0, first[r], guidance[r] == 1.0f ? 1 : 2).copy_ (x[r]);
}

void solverStep (at::Tensor& x, at::Tensor& before, const at::Tensor& v, at::Tensor& noisy,
                 const GuidedRows& rows, const SolverCoefficients& c)
{
    const auto width = x.size (1);
    auto* values = x.mutable_data_ptr<float>();
    auto* last = before.mutable_data_ptr<float>();
    const auto* predictions = v.const_data_ptr<float>();
    const auto* first = rows.firstRows.const_data_ptr<int>();
    const auto* guidance = rows.guidance.const_data_ptr<float>();
    if (x.is_cuda())
        return gpu().solverStep (values, last, predictions, noisy.mutable_data_ptr<float>(), first, guidance,
                                 x.size (0), width, &c.alpha, gpu().currentStream());
    for (std::int64_t r = 0; r < x.size (0); ++r)
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
    spreadRows (x, rows, noisy);
}
} // namespace tableread::engine::kernels
