// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/TorchErrors.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "Core/Error.h"

namespace tableread::engine
{
void failInWords (const c10::Error& error)
{
    constexpr std::string_view cuda = "CUDA error: ";
    constexpr std::array<std::string_view, 3> refusals { "out of memory", "can't allocate memory",
                                                         "not enough memory" };
    std::string reason = error.what_without_backtrace();
    reason.resize (std::min (reason.find ('\n'), reason.size())); // advice for LibTorch's developers follows
    const bool isGpu = reason.find ("CUDA") != std::string::npos;
    if (std::ranges::any_of (refusals, [&] (auto words) { return reason.find (words) != reason.npos; }))
        fail (ErrorCode::OutOfMemory,
              isGpu ? "the GPU has too little memory left. Close other programs that use "
                      "it, keep fewer layers on it (--gpu-layers), or use --device cpu."
                    : "out of memory. Close other programs, shorten the passage, or use a "
                      "smaller model.");
    if (! isGpu)
        fail (ErrorCode::Internal, "LibTorch: " + reason);
    if (reason.starts_with (cuda))
        reason.erase (0, cuda.size());
    fail (ErrorCode::Io, "the GPU failed: " + reason + ". Try again, or use --device cpu.");
}

std::exception_ptr inWords (const std::exception_ptr& thrown)
{
    if (thrown == nullptr)
        return {};
    try
    {
        withErrorsInWords ([&] { std::rethrow_exception (thrown); });
    }
    catch (...)
    {
        return std::current_exception();
    }
    return {};
}
} // namespace tableread::engine
