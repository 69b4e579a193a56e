// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/Library.h"

#include <array>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>

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
/** A page that is missing of a file would be a bus error in the loader. The last thing in the file is its table of
    sections. */
bool isCutShort (const std::filesystem::path& file)
{
    Elf64_Ehdr header {};
    std::ifstream (file, std::ios::binary).read (reinterpret_cast<char*> (&header), sizeof header);
    std::error_code failed;
    const auto bytes = std::filesystem::file_size (file, failed);
    return ! failed && std::memcmp (header.e_ident, ELFMAG, SELFMAG) == 0 &&
           (bytes < header.e_shoff || bytes - header.e_shoff < header.e_shnum * sizeof (Elf64_Shdr));
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
        if (isCutShort (file))
            fault = "is cut short. Install the program again";
        else if (void* library = dlopen (file.c_str(), RTLD_NOW | RTLD_GLOBAL))
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
