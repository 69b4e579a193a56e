// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "Measure/Spread.h"
#include "Measure/Work.h"

namespace tableread::engine
{
/** Passages of different lengths that join and leave one batch, as the clients of a server have them. */
struct ArrivalsRequest
{
    LoadOptions load;
    MeasuredSpeech speech; // of each passage; its exactFrames are not used
    int passages = 64;
    double perSecond = 0; // at random times, so many on average; 0: all are there from the beginning
    int seats = 0;        // passages at once; 0: as many as the device speaks in time
    std::int64_t leastFrames = 15, mostFrames = 90;
};

/** How a run of a batch compares with its parts alone. */
struct ArrivalsReport
{
    ModelInfo model;
    int seats = 0;
    std::int64_t passages = 0, frames = 0;
    double loadMs = 0, wallMs = 0;
    double idleMs = 0;    // of wallMs, in which nothing was in flight
    double stepsMs = 0;   // all steps of the run at the time that a step of as many passages takes alone
    double prefillMs = 0; // all prompts at the time that they take alone
    double audioSecondsASecond = 0;
    bool identical = false;              // each passage has the samples that it has alone
    std::vector<double> stepMs;          // alone, of 1, 2 and so on passages
    std::vector<std::int64_t> stepCount; // steps of the run with 0, 1, 2 and so on passages
    double firstAudioP50 = 0, firstAudioP95 = 0, firstAudioMost = 0; // ms from arrival
    double frameP99 = 0;                                             // ms between two frames of a passage

    /** The run's time over that of its parts; below 1 if prompts hide behind steps. */
    double overhead() const { return (wallMs - idleMs) / (stepsMs + prefillMs); }
};

/** Loads the model, measures the parts, and lets the passages arrive. @throws Exception Cancelled when it is stopped. */
ArrivalsReport measureArrivals (const ArrivalsRequest& request, const MeasureHooks& hooks);

nlohmann::json toJson (const ArrivalsReport& report);
std::string describe (const ArrivalsReport& report);
} // namespace tableread::engine
