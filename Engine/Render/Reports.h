// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tableread::engine
{
/** From the best to the worst. */
enum class FinishReason
{
    Stop,       // the model ended its speech
    MaxSeconds, // RenderSettings::maxSeconds was reached, as asked
    Length,     // another length limit was reached: the speech may be cut off
    Cancelled
};

/** Where the time of a render went, in milliseconds, summed over all of its frames. */
struct PartTimes
{
    double prefill = 0, languageModel = 0, diffusionHead = 0, decoder = 0, semanticEncoder = 0, other = 0;
};

struct RenderReport
{
    FinishReason finish = FinishReason::Stop;
    std::int64_t frames = 0;
    std::int64_t promptTokens = 0;
    std::int64_t cachedTokens = 0; // of them: computed for an earlier passage
    double firstFrameMs = 0;       // from the call to the first frame's samples
    double totalMs = 0;
    PartTimes times;
    std::vector<std::string> notes;   // from the memory watch
    std::vector<std::int64_t> tokens; // as generated
};

/** What a GPU did since the model was loaded; all zeros on a CPU. */
struct DeviceReport
{
    std::string name, driver, runtime;
    std::int64_t peakBytes = 0, totalBytes = 0;              // of device memory
    std::int64_t freeBytes = 0, usedBytes = 0;               // now: of the whole device; by the model
    std::int64_t cachedBytes = 0, contextBytes = 0;          // now: by the allocator, unused; by the driver
    std::int64_t transfers = 0, transferredBytes = 0;        // of layers
    std::int64_t trims = 0, trimsSkipped = 0, trimBytes = 0; // CacheTrim's counters
    std::int64_t trimsBeforeForward = 0;
    double trimMs = 0, trimWaitMs = 0; // in trims, and waiting for pending work before them
    double hostWaitMs = 0;             // for bounce buffers
    double copyMs = 0, stallMs = 0;    // in copies of layers, and that the kernels waited for them
};
} // namespace tableread::engine
