// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "Timeline/PlaybackPlan.h"

namespace tableread
{
/** A sentence for each line that begins before 0, where a file of the whole begins: which one, and how much of it is not in the
    file. Lines that are not heard anyway have none.
    @param titleOf  "line 5, Anna" */
std::vector<std::string>
notesOnSpeechBeforeStart (const PlaybackPlan& plan, double hostRateHz,
                          const std::function<std::string (std::uint64_t line)>& titleOf);

/** For a file of the whole that would be empty. */
inline constexpr const char* nothingAfterStart = "Nothing was written, since there is no speech after 0.";
} // namespace tableread
