// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

#include "Device/KernelSizes.h"
#include "Engine/Render/Loop/GpuFixture.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

// Prompts on a GPU.
namespace
{
/** A prompt of so many rows, with a voice from its `first` row on. */
struct PromptShape
{
    std::int64_t rows = 0;
    float guidance = 1.3f;
    std::int64_t firstVoiceRow = 0, voiceRows = 0;
};

SequenceInput promptOf (const Gpu& gpu, const PromptShape& shape, std::int64_t frames,
                        std::vector<float>& out)
{
    auto made = gpu.longer (1, shape.rows, frames, out);
    made.ids.erase (made.ids.begin(), made.ids.end() - shape.rows);
    made.settings.guidanceScale = shape.guidance;
    if (shape.voiceRows == 0)
        return made;
    made.voicePositions.resize ((std::size_t) shape.voiceRows);
    std::iota (made.voicePositions.begin(), made.voicePositions.end(), shape.firstVoiceRow);
    made.voiceFeatures = randomTensor ({ shape.voiceRows, gpu.model.config().acousticEncoder.dimension }, 1);
    return made;
}
} // namespace

TEST_CASE ("A voice that lies in two pieces of a prompt has the bits that it has at once",
           "[engine][render][.gpu]")
{
    const PromptShape shape { .rows = 300, .firstVoiceRow = 110, .voiceRows = 120 };
    std::vector<float> expected, watched, speaker;
    {
        Gpu gpu;
        gpu.loop.join (promptOf (gpu, shape, 6, expected));
        gpu.loop.prepareAll();
        while (gpu.loop.step())
        {}
    }
    Gpu gpu;
    gpu.loop.join (gpu.input (2, 60, speaker));
    gpu.loop.prepareAll();
    gpu.loop.step();
    const auto joining = gpu.loop.join (promptOf (gpu, shape, 6, watched));
    gpu.loop.step();
    REQUIRE (joining->promptRowsLeft() == shape.rows - kernels::promptBlock); // 18 rows of the voice are done
    while (gpu.loop.step())
    {}
    CHECK (watched == expected);
}

TEST_CASE ("A prompt that finds rows of an earlier one has the bits that it has alone",
           "[engine][render][.gpu]")
{
    const std::int64_t prefix = GENERATE (40, 130, 300), text = GENERATE (20, 127, 128, 150, 300);
    const bool offload = GENERATE (false, true);
    CAPTURE (prefix, text, offload);
    const auto spoken = [&] (bool isKept) {
        Gpu gpu (offload ? offloaded (3) : OffloadRequest {});
        std::vector<float> samples, before, speaker;
        const auto wanted = [&] (std::vector<float>& out) {
            auto made =
                promptOf (gpu, { .rows = prefix + text, .firstVoiceRow = 10, .voiceRows = 25 }, 6, out);
            made.prefixRows = prefix;
            return made;
        };
        auto other = wanted (before);
        other.ids[(std::size_t) (prefix + text - 3)] += 1; // they differ at the end
        gpu.loop.join (std::move (other));
        while (gpu.loop.step())
        {}
        if (! isKept)
            gpu.loop.forgetPrompts();
        gpu.loop.join (gpu.input (2, 60, speaker));
        gpu.loop.prepareAll();
        gpu.loop.step();
        const auto joining = gpu.loop.join (wanted (samples));
        while (gpu.loop.step())
        {}
        const auto blocks = (text - 3) / kernels::promptBlock;
        CHECK (joining->report.cachedTokens == (isKept ? prefix + blocks * kernels::promptBlock : 0));
        return samples;
    };
    CHECK (spoken (true) == spoken (false));
}
