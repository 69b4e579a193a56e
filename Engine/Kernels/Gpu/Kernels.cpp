// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/Kernels.h"

#include <dlfcn.h>
#include <filesystem>
#include <string>

#include "Core/Error.h"

namespace tableread::engine::kernels
{
namespace
{
const GpuKernels* loaded = nullptr;

/** Beside the program in the build tree, in lib/tableread where it is installed, else wherever the loader looks.
    `why` is of the first place where it lies. */
void* openLibrary (std::string& why)
{
    why.clear();
    constexpr const char* name = "libtableread-cuda.so";
    std::error_code ignored;
    const auto here = std::filesystem::read_symlink ("/proc/self/exe", ignored).parent_path();
    for (const auto& path :
         { (here / name).string(), (here / "../lib/tableread" / name).string(), std::string (name) })
    {
        if (void* library = dlopen (path.c_str(), RTLD_NOW | RTLD_GLOBAL))
            return library;
        const char* reason = dlerror();
        if (why.empty() && std::filesystem::exists (path, ignored))
            why = "the CUDA library cannot be loaded (" +
                  std::string (reason != nullptr ? reason : "unknown reason") + ")";
    }
    if (why.empty())
        why = "this build has no CUDA library (" + std::string (name) + ")";
    return nullptr;
}
} // namespace

const GpuKernels& gpu()
{
    if (loaded == nullptr)
        fail (ErrorCode::Internal, "a GPU tensor came before loadGpu()");
    return *loaded;
}

const GpuDevice& gpuDevice()
{
    return gpu().device;
}

const char* loadGpu()
{
    using Table = const GpuKernels* (*) (const char** why);
    static std::string why;
    if (loaded != nullptr)
        return "";
    void* library = openLibrary (why);
    if (library == nullptr)
        return why.c_str();
    const char* reason = "";
    const auto table = reinterpret_cast<Table> (dlsym (library, "tablereadGpuKernels"));
    loaded = table != nullptr ? table (&reason) : nullptr;
    why = table == nullptr ? "the CUDA library is of another version" : reason;
    return why.c_str();
}
} // namespace tableread::engine::kernels
