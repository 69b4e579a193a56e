// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "Device/StreamDevice.h"
#include "Offload/CacheTrim.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** What to try next when device memory ran out: fewer resident layers first, then trims more often. One sentence or
    two; the whole ladder is in Assets/docs/offload.md. */
std::string nextStepOfLadder (const OffloadConfig& config);

/** What to try when reserved memory grows and memory in use does not: trims more often. */
std::string fewerFragments (const OffloadConfig& config);

/** What to try when memory has been stable for 100 frames: trims less often. Empty if there is nothing left to try. */
std::string stepWhenStable (const OffloadConfig& config);

/** A device block. Refused: one forced trim and one more try.
    `what` names it in the error: "slot 2 of 2". @throws Exception OutOfMemory with the ladder's next step. */
std::byte* allocateOrTrim (StreamDevice& device, CacheTrim& trim, std::size_t bytes,
                           const OffloadConfig& config, std::string_view what);

/** The error for work that ran out of memory elsewhere, in the same words. */
[[noreturn]] void failOutOfMemory (StreamDevice& device, std::size_t bytes, const OffloadConfig& config,
                                   std::string_view what);
} // namespace tableread::engine
