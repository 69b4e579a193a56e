// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/TorchErrors.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Core/Error.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::engine;
using tableread::test::failureOf;

TEST_CASE ("What LibTorch throws becomes one sentence, and memory that is refused is told from the rest",
           "[engine][render][errors]")
{
    const auto said = [] (const char* text) {
        return failureOf ([text] { withErrorsInWords ([text] { TORCH_CHECK (false, text); }); });
    };
    const auto full = said ("CUDA error: out of memory\nSearch for `cudaErrorMemoryAllocation'");
    CHECK (full.code == ErrorCode::OutOfMemory);
    CHECK (full.message == "the GPU has too little memory left. Close other programs that use it, keep fewer "
                           "layers on it (--gpu-layers), or use --device cpu.");
    CHECK (said ("CUDA out of memory. Tried to allocate 2.00 GiB.").message == full.message);

    const auto failed = said ("CUDA error: CUDA-capable device(s) is/are busy or unavailable\nCompile with");
    CHECK (failed.code == ErrorCode::Io);
    CHECK (failed.message ==
           "the GPU failed: CUDA-capable device(s) is/are busy or unavailable. Try again, or "
           "use --device cpu.");

    const auto ours =
        failureOf ([] { withErrorsInWords ([] { return at::ones ({ 2 }) + at::ones ({ 3 }); }); });
    CHECK (ours.code == ErrorCode::Internal);
    CHECK (ours.message.find ('\n') == std::string::npos);
    CHECK (failureOf ([] {
               withErrorsInWords ([] { return at::empty ({ std::int64_t (1) << 50 }); });
           }).code == ErrorCode::OutOfMemory);
    CHECK (withErrorsInWords ([] { return 7; }) == 7);
}
