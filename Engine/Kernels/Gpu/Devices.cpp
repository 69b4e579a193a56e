// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/Devices.h"

#include "Core/Error.h"
#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine
{
at::Device deviceFor (DeviceKind kind)
{
    if (kind == DeviceKind::Cpu)
        return at::kCPU;
    const std::string why = kernels::loadGpu();
    if (why.empty())
        return at::Device (at::kCUDA, 0);
    if (kind == DeviceKind::Auto)
        return at::kCPU;
    fail (ErrorCode::Unsupported,
          "no GPU can be used: " + why +
              ". Use --device cpu, or install NVIDIA's driver and build with Assets/setup/speak --cuda.");
}

std::string noteOnDevice (DeviceKind kind)
{
    const std::string why = kind == DeviceKind::Auto ? kernels::loadGpu() : "";
    return why.empty() ? "" : "The CPU computes, because no GPU can be used: " + why + ".";
}
} // namespace tableread::engine
