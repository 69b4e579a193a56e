// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "Core/Error.h"
#include "Core/Units.h"

namespace tableread
{
/** Silence between passages that follow each other without an anchor or a pause of the script: the largest that
    applies. */
struct Gaps
{
    static constexpr int mostMs = 600'000; // as of a script's pauses

    ModelSamples line;    // before each passage but the first
    ModelSamples speaker; // where another speaker goes on
    ModelSamples scene;   // where a scene begins

    bool operator== (const Gaps&) const = default;
};

/** "line=150,speaker=250,scene=1000": milliseconds from 0 to mostMs; what is not named is 0. @returns InvalidInput. */
[[nodiscard]] Result<Gaps> readGaps (std::string_view text);
} // namespace tableread
