// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "Measure/Profile/Report.h"
#include "Measure/Work.h"

namespace tableread::engine
{
struct ProfileRequest
{
    LoadOptions load;
    MeasuredSpeech speech;
    std::int64_t frames = 48; // measured, after the settling frames
    int batch = 1;            // passages at once
};

struct MeasuredProfile
{
    ProfileReport report;
    std::vector<ProfileSpan> spans;
};

/** Loads the model and renders once; the time for the load and the voice is left out.
    @throws Exception Cancelled when it is stopped. */
MeasuredProfile measureProfile (const ProfileRequest& request, const MeasureHooks& hooks);
} // namespace tableread::engine
