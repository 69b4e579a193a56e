// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "Device/Device.h"
#include "Offload/CacheTrim.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** What to try next when device memory has run out: first fewer resident layers, then more frequent trims. One or two
    sentences; the whole ladder is in Assets/docs/offload.md. */
std::string nextStepOfLadder (const OffloadConfig& config);

/** What to try when reserved memory grows but memory in use does not: more frequent trims. */
std::string fewerFragments (const OffloadConfig& config);

/** What to try when memory has been stable for 100 frames: less frequent trims. Empty if nothing is left to try. */
std::string stepWhenStable (const OffloadConfig& config);

/** A block of device memory to allocate. */
struct BlockRequest
{
    std::size_t bytes = 0;
    std::string_view name; // in an error: "slot 2 of 2"
};

/** Allocates a device block. If that fails, forces a trim and tries once more.
    @throws Exception OutOfMemory with the ladder's next step. */
std::byte* allocateOrTrim (Device& device, CacheTrim& trim, const BlockRequest& block,
                           const OffloadConfig& config);
} // namespace tableread::engine
