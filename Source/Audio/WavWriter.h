// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "Core/Error.h"
#include "Core/Units.h"

namespace tableread
{
enum class WavFormat
{
    Int16,  // rounded to the nearest of 32767 steps, clamped; not a number becomes silence
    Float32 // as it is
};

/** Mono speech into a WAV file that is whole or not there: samples go to a temporary file beside it, which finish()
    makes valid and renames. What was rendered before an interrupt is kept by calling finish() then; without it the
    temporary is removed. A path that exists and is not a file (/dev/null, a pipe) is written as it is.

    The same samples give the same bytes.

    Threads   one at a time.
    Errors    Io with one sentence and the path as `where`: cannot be made, disk full, 4 GiB reached.
*/
class WavWriter
{
public:
    [[nodiscard]] static Result<std::unique_ptr<WavWriter>>
    create (const std::filesystem::path& file, WavFormat format,
            std::int64_t sampleRateHz = modelSampleRateHz);
    ~WavWriter();

    /** Appends. After an error nothing more is taken: the same error returns. */
    [[nodiscard]] Result<void> write (std::span<const float> samples);

    /** Completes the header, waits for the disk and gives the file its name; once. */
    [[nodiscard]] Result<void> finish();

    std::int64_t samples() const { return sampleCount; }

    /** Samples outside of [-1, 1] so far, which Int16 had to clamp. */
    std::int64_t clipped() const { return clippedCount; }

private:
    struct Target;
    WavWriter (std::unique_ptr<Target> opened, WavFormat sampleFormat);
    Result<void> keep (Error error);

    std::unique_ptr<Target> target;
    WavFormat format;
    std::int64_t sampleCount = 0, clippedCount = 0;
};
} // namespace tableread
