// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "Core/Error.h"
#include "Timeline/PlaybackPlan.h"

namespace tableread
{
/** Writes what sounds from 0 to `end` as a mono WAV file of 32-bit floats: the very samples that read() gives.
    The file appears when it is complete; on an error nothing is left behind.
    @returns Io if the file cannot be written; Busy if some of it is not rendered yet. */
[[nodiscard]] Result<void> bounce (const PlaybackPlan& plan, HostSamples end, int hostRateHz,
                                   const std::filesystem::path& file);
} // namespace tableread
