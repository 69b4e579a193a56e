// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "Bench/LoadRun.h"

namespace tableread::test
{
/** All that is known after a load. */
struct LoadReport
{
    LoadSettings settings;
    protocol::Health engine;
    RunFigures load;
    std::optional<RunFigures> baseline;
    std::optional<ProcessFigures> process;

    bool isGood() const;
};

/** Loads an engine as the settings say: first each line alone, then the run to compare with, then the load.
    @throws Exception if it cannot begin. */
LoadReport measureLoad (const LoadSettings& settings);

nlohmann::json toJson (const LoadReport& report);

/** For people, several lines. */
std::string describe (const LoadReport& report);
} // namespace tableread::test
