// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "Measure/Profile/PromptSums.h"
#include "Measure/Profile/Sums.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** A profile, and what was profiled. */
struct ProfileReport
{
    std::string machine, commit, dtype;
    ModelInfo model;
    std::int64_t passages = 1;       // in one batch
    std::int64_t settlingFrames = 0; // frames left out at the start
    ProfileSums sums;
    PromptSums prompt {};
};

/** Tables for people. */
std::string describe (const ProfileReport& report);
nlohmann::json toJson (const ProfileReport& report);
} // namespace tableread::engine
