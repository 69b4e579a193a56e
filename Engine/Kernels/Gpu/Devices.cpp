// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/Devices.h"

#include <fstream>

#include "Core/Error.h"
#include "Kernels/Gpu/Library.h"

namespace tableread::engine
{
at::Device deviceFor (DeviceKind kind, int index)
{
    if (kind == DeviceKind::Cpu)
        return at::kCPU;
    const std::string why = kernels::loadGpu();
    if (why.empty())
        return { at::kCUDA, (at::DeviceIndex) index };
    if (kind == DeviceKind::Auto)
        return at::kCPU;
    fail (ErrorCode::Unsupported,
          "no GPU can be used: " + why +
              ". Use --device cpu, or install NVIDIA's driver and build with Assets/setup/speak --cuda.");
}

std::unique_ptr<Device> makeGpuDevice (at::Device gpu, std::int64_t memoryLimit)
{
    return std::unique_ptr<Device> (kernels::gpuLibrary().makeDevice (gpu.index(), memoryLimit));
}

bool hasNvidiaGpu (const std::filesystem::path& pciDevices)
{
    const auto word = [] (const std::filesystem::path& file) {
        std::string text;
        std::ifstream (file) >> text;
        return text;
    };
    std::error_code failed;
    for (std::filesystem::directory_iterator device (pciDevices, failed), end; ! failed && device != end;
         device.increment (failed))
        if (word (device->path() / "vendor") == "0x10de" &&
            word (device->path() / "class").starts_with ("0x03")) // a display controller
            return true;
    return false;
}

std::string noteOnDevice (DeviceKind kind)
{
    const std::string why = kind == DeviceKind::Auto && hasNvidiaGpu() ? kernels::loadGpu() : "";
    return why.empty() ? "" : "The CPU computes, because the GPU cannot be used: " + why + ".";
}
} // namespace tableread::engine
