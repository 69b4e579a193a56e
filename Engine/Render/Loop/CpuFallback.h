// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <c10/core/Device.h>

#include "Core/Error.h"
#include "Device/Kind.h"
#include "Render/Loop/TorchErrors.h"

namespace tableread::engine
{
/** Returns make (device, note): on the GPU if there is one; if it is too small or busy, and the user left the choice to
    the engine, on the CPU, with a note that says why. */
template <typename Make>
auto makeOrOnCpu (DeviceKind asked, at::Device device, const Make& make)
{
    if (asked != DeviceKind::Auto || ! device.is_cuda())
        return make (device, std::string());
    std::string why;
    try
    {
        return withErrorsInWords ([&] { return make (device, std::string()); });
    }
    catch (const Exception& exception)
    {
        if (exception.error.code != ErrorCode::OutOfMemory && exception.error.code != ErrorCode::Io)
            throw;
        why = exception.what();
    }
    return make (at::Device (at::kCPU), "The CPU computes, because the GPU cannot be used: " + why);
}
} // namespace tableread::engine
