// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/Library.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "Support/TemporaryFolder.h"

using namespace tableread::engine;
using Catch::Contains;

namespace
{
const std::filesystem::path strangers = TABLEREAD_STRANGERS;

std::string whyNot (const std::vector<std::filesystem::path>& files)
{
    const auto library = kernels::openGpuLibrary (files);
    CHECK (library.kernels == nullptr);
    return library.why;
}

bool strangerIsLoaded()
{
    return std::getenv ("TABLEREAD_STRANGER_LOADED") != nullptr;
}
} // namespace

TEST_CASE ("A CUDA library with another ABI number, or none, is refused, saying what was found and is wanted",
           "[engine][kernels][library]")
{
    const auto wanted = std::to_string (kernels::gpuAbi), other = std::to_string (kernels::gpuAbi + 1);
    CHECK (whyNot ({ strangers / "libNoAbi.so" }) == "the CUDA library " +
                                                         (strangers / "libNoAbi.so").string() +
                                                         " has no ABI number, this engine needs " + wanted);
    CHECK_THAT (whyNot ({ strangers / "libOtherAbi.so" }),
                Contains ("libOtherAbi.so has ABI number " + other + ", this engine needs " + wanted));
    CHECK_THAT (whyNot ({ strangers / "libAbiAlone.so" }),
                Contains ("libAbiAlone.so does not export tablereadGpuKernels"));
}

TEST_CASE ("A CUDA library that is refused or missing does not hide one that can be used",
           "[engine][kernels][library]")
{
    const auto usable = strangers / "libtableread-cuda.so";
    const std::vector files { strangers / "libNone.so", strangers / "libOtherAbi.so", usable };
    CHECK (kernels::openGpuLibrary (files).kernels != nullptr);
    CHECK_THAT (
        whyNot ({ strangers / "libNone.so", strangers / "libNoAbi.so", strangers / "libOtherAbi.so" }),
        Contains ("has no ABI number"));
    CHECK_THAT (whyNot ({ strangers / "libNone.so" }), Contains ("this build has no CUDA library"));
    CHECK_THAT (whyNot ({ TABLEREAD_ROOT "/README.md" }), Contains ("README.md cannot be loaded ("));
}

TEST_CASE ("A CUDA library that is cut short is not given to the loader", "[engine][kernels][library]")
{
    const tableread::test::TemporaryFolder folder;
    const auto file = folder.path() / "libtableread-cuda.so";
    std::filesystem::copy_file (strangers / "libtableread-cuda.so", file);
    const auto whole = std::filesystem::file_size (file);
    for (const auto bytes : { whole - 1, whole / 2, std::uintmax_t (100) })
    {
        std::filesystem::resize_file (file, bytes);
        CHECK (whyNot ({ file }) ==
               "the CUDA library " + file.string() + " is cut short. Install the program again");
    }
    std::filesystem::resize_file (file, 10);
    CHECK_THAT (whyNot ({ file }), Contains ("cannot be loaded ("));
}

// Run by ctest with a stranger of the same name in LD_LIBRARY_PATH.
TEST_CASE ("A library of the same name in the loader's search path is not loaded", "[.searchpath]")
{
    if (const auto child = fork(); child == 0) // the trap works: the loader does find it
        _exit (dlopen ("libtableread-cuda.so", RTLD_NOW) != nullptr && strangerIsLoaded() ? 0 : 1);
    int trapped = -1;
    wait (&trapped);
    REQUIRE (trapped == 0);
    CHECK_THAT (kernels::loadGpu(), ! Contains ("stranger"));
    CHECK_FALSE (strangerIsLoaded());
    CHECK (kernels::openGpuLibrary (std::array { std::filesystem::path ("libtableread-cuda.so") }).kernels ==
           nullptr);
    CHECK_FALSE (strangerIsLoaded());
}
