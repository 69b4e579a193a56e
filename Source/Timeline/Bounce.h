// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "Audio/Format.h"
#include "Core/Error.h"
#include "Timeline/PlaybackPlan.h"

namespace tableread
{
struct BounceJob
{
    HostSamples from = {}, to = {};
    int hostRateHz = (int) modelSampleRateHz; // of the plan
    std::filesystem::path file = {};
    AudioFormat format = { Container::Wav, SampleType::Float32 };
    int bus = 0;                            // a speaker's; 0: main
    std::optional<BroadcastNote> note = {}; // in a WAV
    std::function<bool (double)>
        goesOn = {}; // told how much is written, from 0 to 1; false: no more is wanted
};

/** Writes a part of the timeline as a mono file: exactly the samples that a host hears offline. The file appears when it is
    complete; after an error nothing is left. What is broken in the plan is a gap in the file too: see
    PlaybackPlan::holes().
    @returns OutputFile's errors if the file cannot be written; Busy if there is something to wait for; Cancelled if
    no more is wanted. */
[[nodiscard]] Result<void> bounce (const PlaybackPlan& plan, const BounceJob& job);
} // namespace tableread
