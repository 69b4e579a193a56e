// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "Audio/Format.h"
#include "Core/Error.h"
#include "Core/Units.h"

namespace tableread
{
/** Writes mono speech to a sound file, which gets its name only when it is complete: see OutputFile. Without finish()
    or keepPartial() nothing of it remains. The same samples give the same bytes in WAV and FLAC. A pipe gets the whole when it
    is complete, since a header is completed at the end; until then it is a file without a name.

    Threads   one at a time.
    Errors    as OutputFile; OutOfRange at 4 GiB, the limit of a WAV file. The path is `where`.
*/
class AudioWriter
{
public:
    /** @param note  null: none; for a WAV. */
    [[nodiscard]] static Result<std::unique_ptr<AudioWriter>>
    create (const std::filesystem::path& file, const AudioFormat& format,
            std::int64_t sampleRateHz = modelSampleRateHz, const BroadcastNote* note = nullptr);
    ~AudioWriter();

    /** Appends samples. After an error it writes nothing more and returns the same error again. */
    [[nodiscard]] Result<void> write (std::span<const float> samples);

    /** Completes the header, syncs to disk and gives the file its name; call it once. */
    [[nodiscard]] Result<void> finish();

    /** Instead of finish(), also after an error: keeps what is written under a name that says that it is not complete.
        @returns the name. */
    [[nodiscard]] Result<std::filesystem::path> keepPartial();

    /** Where a complete file will be. */
    const std::filesystem::path& path() const;

    std::int64_t samples() const { return sampleCount; }

    /** The number of samples outside [-1, 1] so far, which Int16 had to clamp. */
    std::int64_t clipped() const { return clippedCount; }

private:
    struct Target;
    AudioWriter (std::unique_ptr<Target> opened, const AudioFormat& wanted);
    Result<void> keep (Error error);

    std::unique_ptr<Target> target;
    AudioFormat format;
    std::int64_t sampleCount = 0, clippedCount = 0;
};
} // namespace tableread
