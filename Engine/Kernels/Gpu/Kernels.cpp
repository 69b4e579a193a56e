// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/Kernels.h"

#include <string>

#include "Core/Error.h"
#include "Kernels/Gpu/Library.h"

namespace tableread::engine::kernels
{
namespace
{
const GpuKernels* loaded = nullptr;
} // namespace

const GpuKernels& gpu()
{
    if (loaded == nullptr)
        fail (ErrorCode::Internal, "a GPU tensor came before loadGpu()");
    return *loaded;
}

const char* loadGpu()
{
    static const std::string why = [] {
        const auto& library = gpuLibrary();
        const char* reason = library.why.c_str();
        if (library.kernels != nullptr)
            loaded = library.kernels (&reason);
        return std::string (loaded != nullptr ? "" : reason);
    }();
    return why.c_str();
}
} // namespace tableread::engine::kernels
