// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "Server/Jobs/Board.h"

namespace tableread::engine
{
/** OpenAI's usage object: the prompt's tokens, and a token for each frame spoken. */
nlohmann::json usageOf (const JobProgress::State& state);

/** A job as GET tells it. */
nlohmann::json toJson (const JobRecord& record, JobProgress::Clock::time_point now);
} // namespace tableread::engine
