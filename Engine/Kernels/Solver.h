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

/** What the steps of a batch change. */
struct SolverState
{
    at::Tensor x;      // [R, D], the samples
    at::Tensor before; // [R, D], x0 of the step before
    at::Tensor noisy;  // [rows, D], x for each row of each request: the next prediction's input
};

/** noisy [rows, D] = x [R, D] for each row of each request.
    CPU oracle: Solver.cpp. Devices: CPU, CUDA. */
void spreadRows (const at::Tensor& x, const GuidedRows& rows, at::Tensor& noisy);

/** One step with guidance, v = v_u + s · (v_c − v_u): updates the state in place from the predictions v [rows, D].
    CPU oracle: Solver.cpp. Devices: CPU, CUDA. */
void solverStep (SolverState& state, const at::Tensor& v, const GuidedRows& rows,
                 const SolverCoefficients& coefficients);
} // namespace tableread::engine::kernels
