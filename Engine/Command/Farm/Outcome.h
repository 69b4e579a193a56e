// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "Take/Store/Record.h"

namespace tableread::engine
{
/** Why lines are not there. */
inline constexpr const char* lineWasCut =
    "the model's length limit cut the speech. Another seed may end by itself.";
inline constexpr const char* lineWasStopped = "it was stopped before";

/** What has become of a line. */
struct LineOutcome
{
    enum class State
    {
        Stored,   // the store had it already
        Rendered, // the store has it now
        Failed,   // it will never work
        Left      // it was not spoken this time
    };

    State state = State::Left;
    std::optional<TakeRecord> take {}; // of a line that is there
    std::string reason {};             // why it is not, in one sentence
    double ms = 0.0;                   // that it took to speak it
    bool isFault = false;              // Left: it was begun, and has failed itself
};
} // namespace tableread::engine
