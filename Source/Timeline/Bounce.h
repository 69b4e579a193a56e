// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "Core/Error.h"
#include "Timeline/PlaybackPlan.h"

namespace tableread
{
/** Writes the audio from 0 to `end` as a mono WAV file of 32-bit floats: exactly the samples that read() gives.
    The file appears when it is complete; after an error nothing is left.
    @returns OutputFile's errors if the file cannot be written; Busy if some of it is not rendered yet. */
[[nodiscard]] Result<void> bounce (const PlaybackPlan& plan, HostSamples end, int hostRateHz,
                                   const std::filesystem::path& file);
} // namespace tableread
