// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/util/Exception.h>
#include <exception>

namespace tableread::engine
{
/** @throws Exception one sentence without LibTorch's traces: OutOfMemory if memory was refused, Io if the GPU or its driver
            failed, else Internal. */
[[noreturn]] void failInWords (const c10::Error& error);

/** Returns call(); what LibTorch throws meanwhile becomes an Exception. */
template <typename Call>
auto withErrorsInWords (const Call& call)
{
    try
    {
        return call();
    }
    catch (const c10::Error& error)
    {
        failInWords (error);
    }
}

/** The same for something that was thrown and caught; null for null. */
std::exception_ptr inWords (const std::exception_ptr& thrown);
} // namespace tableread::engine
