// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "EngineLink/Supervisor.h"

namespace tableread::plugin
{
std::string decimal (double value, int decimals);

/** "5.4 GB", "53 MB" */
std::string sizeText (std::int64_t bytes);

/** "1.5 billion weights", "54 million weights" */
std::string weightsText (std::int64_t weights);

/** How far an engine's start is. */
std::string startingText (const StartProgress& start);
} // namespace tableread::plugin
