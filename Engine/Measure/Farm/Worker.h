// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "Measure/Work.h"

namespace tableread::engine
{
/** How fast `batch` speaks the lines of a project, which has several at once. */
struct WorkerSpeed
{
    int passages = 1;              // at once
    double framesASecond = 0;      // of all of them together, once their prompts are computed
    double framesASecondAlone = 0; // of one alone
    double frameSeconds = 0;       // of speech, in a frame
    double promptMsALine = 0; // of a line whose voice has been heard before: this, and more for each letter
    double promptMsALetter = 0;
    double lengthFactor = 1; // of its speech, times what estimatedLength() says; 1: not known
};

/** Measures it with a model that is loaded. @param passages  0: as many as `batch` chooses. @throws Exception Cancelled when it
    is stopped. */
WorkerSpeed measureWorker (Renderer& renderer, const MeasuredSpeech& speech, int passages,
                           const MeasureHooks& hooks);

nlohmann::json toJson (const WorkerSpeed& speed);
} // namespace tableread::engine
