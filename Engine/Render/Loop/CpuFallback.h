// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <c10/core/Device.h>
#include <c10/util/Exception.h>

#include "Core/Error.h"
#include "Device/Kind.h"

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
        return make (device, std::string());
    }
    catch (const Exception& exception)
    {
        if (exception.error.code != ErrorCode::OutOfMemory)
            throw;
        why = exception.what();
    }
    catch (const c10::Error& error)
    {
        why = error.what_without_backtrace();
    }
    return make (at::Device (at::kCPU), "The CPU computes, because the GPU cannot be used: " + why);
}
} // namespace tableread::engine
