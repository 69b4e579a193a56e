// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tableread::engine
{
/** How a configuration's memory on a device adds up, in bytes. Made by memoryTable() in Plan/MemoryPlan.h. */
struct MemoryTable
{
    std::int64_t context = 0; // the driver's, if it was still missing from the free memory
    std::int64_t otherWeights = 0;
    std::int64_t resident = 0; // layers that stay
    std::int64_t slots = 0;    // for those that do not
    std::int64_t caches = 0;   // keys and values
    std::int64_t activations = 0;
    std::int64_t voices = 0; // what the encoder needs beyond the two above
    std::int64_t peak = 0;   // the sum
    std::int64_t free = 0;   // when it was planned
    std::int64_t reserve = 0;
};
} // namespace tableread::engine
