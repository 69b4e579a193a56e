// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace tableread::engine::kernels
{
/** The numbers of one solver step: x0 = alpha · x − sigma · v, x' = keep · x + first · x0 + second · (x0 − x0 before). */
struct SolverCoefficients
{
    float alpha = 0, sigma = 0, keep = 0, first = 0, second = 0;
};

/** The rows of each request of a batch: firstRows [R] int32, the conditional row; the unconditional one follows it where
    guidance [R] float32 is not 1. */
struct GuidedRows
{
    at::Tensor firstRows, guidance;
};

/** noisy [rows, D] = x [R, D] for each row of each request.
    CPU oracle: Solver.cpp. Devices: CPU, CUDA. */
void spreadRows (const at::Tensor& x, const GuidedRows& rows, at::Tensor& noisy);

/** One step with guidance, v = v_u + s · (v_c − v_u): updates x and before [R, D] in place from v [rows, D]; then spreadRows().
    CPU oracle: Solver.cpp. Devices: CPU, CUDA. */
void solverStep (at::Tensor& x, at::Tensor& before, const at::Tensor& v, at::Tensor& noisy,
                 const GuidedRows& rows, const SolverCoefficients& coefficients);
} // namespace tableread::engine::kernels
