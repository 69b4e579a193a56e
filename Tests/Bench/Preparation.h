// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Bench/HttpCall.h"
#include "Bench/LineRequest.h"
#include "Bench/LoadSettings.h"

namespace tableread::test
{
/** What has to be known of an engine before it gets a load. */
struct EngineFacts
{
    HttpCall::Endpoint endpoint;
    protocol::Health health;
    FrameShape frame; // in the settings' format
    std::size_t sampleBytes = 4;
};

/** Asks for /health until the engine can take a job, for at most two minutes.
    @throws Exception if nobody answers, or something that is not an engine does. */
EngineFacts askEngine (const LoadSettings& settings);

/** What LoadRun and the references ask for. */
LinePlan planOf (const LoadSettings& settings, const EngineFacts& engine, const SpokenText& line, int client);

/** The bytes of each line's stream when it is asked for alone. @throws Exception if one is not spoken. */
std::vector<std::string> askAlone (const LoadSettings& settings, const EngineFacts& engine);
} // namespace tableread::test
