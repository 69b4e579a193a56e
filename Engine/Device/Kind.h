// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::engine
{
/** The kind of device that computes a model. */
enum class DeviceKind
{
    Auto, // a GPU if there is one
    Cpu,
    Cuda
};
} // namespace tableread::engine
