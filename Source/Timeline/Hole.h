// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "Core/Units.h"

namespace tableread
{
/** Samples of a line that are silent, or fade to or from silence, because its speech was not there. */
struct Hole
{
    std::uint64_t line = 0;
    HostSamples position;    // on the timeline
    std::int64_t offset = 0; // from the line's first sample
    std::int64_t count = 0;

    bool operator== (const Hole&) const = default;

    /** In a HoleLog's list: here playing has stopped. */
    bool isEnd() const noexcept { return count == 0; }

    /** `next` goes on where this one ends. */
    bool isContinuedBy (const Hole& next) const noexcept
    {
        return line == next.line && position.value + count == next.position.value &&
               offset + count == next.offset;
    }
};
} // namespace tableread
