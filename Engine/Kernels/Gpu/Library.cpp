// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/Library.h"

#include <array>
#include <dlfcn.h>

namespace tableread::engine::kernels
{
namespace
{
constexpr const char* libraryName = "libtableread-cuda.so";

/** What it exports. */
constexpr const char *abiSymbol = "tablereadGpuAbi", *kernelsSymbol = "tablereadGpuKernels",
                     *deviceSymbol = "tablereadMakeDevice";

template <typename Function>
Function* find (void* library, const char* symbol)
{
    return reinterpret_cast<Function*> (dlsym (library, symbol));
}

/** @returns what is wrong with it, in words; empty: nothing. */
std::string faultOf (void* library)
{
    const auto wanted = ", this engine needs " + std::to_string (gpuAbi);
    auto* const abi = find<int()> (library, abiSymbol);
    if (abi == nullptr)
        return "has no ABI number" + wanted;
    if (const int found = abi(); found != gpuAbi)
        return "has ABI number " + std::to_string (found) + wanted;
    for (const auto* symbol : { kernelsSymbol, deviceSymbol })
        if (dlsym (library, symbol) == nullptr)
            return "does not export " + std::string (symbol);
    return {};
}
} // namespace

GpuLibrary openGpuLibrary (std::span<const std::filesystem::path> files)
{
    std::string why;
    for (const auto& file : files)
    {
        std::error_code ignored;
        if (! file.is_absolute() || ! std::filesystem::exists (file, ignored))
            continue;
        std::string fault;
        if (void* library = dlopen (file.c_str(), RTLD_NOW | RTLD_GLOBAL))
        {
            fault = faultOf (library);
            if (fault.empty())
                return { find<GpuKernelsOf> (library, kernelsSymbol),
                         find<MakeGpuDevice> (library, deviceSymbol),
                         {} };
            dlclose (library);
        }
        else
        {
            const char* reason = dlerror();
            fault = "cannot be loaded (" + std::string (reason != nullptr ? reason : "unknown reason") + ")";
        }
        if (why.empty())
            why = "the CUDA library " + file.string() + " " + fault;
    }
    if (why.empty())
        why = "this build has no CUDA library (" + std::string (libraryName) + ")";
    return { nullptr, nullptr, why };
}

const GpuLibrary& gpuLibrary()
{
    static const auto library = [] {
        std::error_code ignored;
        const auto here = std::filesystem::read_symlink ("/proc/self/exe", ignored).parent_path();
        return openGpuLibrary (
            std::array { here / libraryName, here.parent_path() / "lib" / "tableread" / libraryName });
    }();
    return library;
}
} // namespace tableread::engine::kernels
