// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::engine::kernels
{
// A part of every fingerprint (Render/Loop/Fingerprint.h): takes of one family are comparable bit by bit. Whoever changes the
// samples that the same model, passage and settings give counts the family up, in the same commit: that of the CPU, the GPU or
// both. It may be a kernel, its compiler or an option of it, an approximation, the order of a sum, LibTorch, or anything else
// between text and samples. Tests/Scripts/same-sound says whether a change is one. Speed alone is no reason.
inline constexpr int cpuKernelFamily = 1;
inline constexpr int gpuKernelFamily = 2;
} // namespace tableread::engine::kernels
