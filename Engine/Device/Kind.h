// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::engine
{
/** What a model is computed on. */
enum class DeviceKind
{
    Auto, // a GPU where there is one
    Cpu,
    Cuda
};
} // namespace tableread::engine
