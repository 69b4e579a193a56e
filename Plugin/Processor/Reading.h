// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "Core/Error.h"
#include "Core/Units.h"
#include "EngineLink/Protocol.h"

namespace tableread::plugin
{
/** A script as the plugin speaks it: each line a passage of its own, with the pauses between. */
struct Reading
{
    struct Passage
    {
        std::vector<int> speakers;               // who speaks in it: indices into the reading's speakers
        std::vector<protocol::SpeechLine> lines; // their speakers are indices into the passage's
        ModelSamples gapBefore;
        int sourceLine = 0; // in the text, from 1
    };

    std::vector<std::string> speakers;
    std::vector<Passage> passages;
    ModelSamples gapAfter;          // behind the last passage
    std::vector<std::string> notes; // sentences on how something was understood

    /** @returns the error of parseScript(): there is nothing to speak, or the text is none. */
    [[nodiscard]] static Result<Reading> of (const std::string& script);
};
} // namespace tableread::plugin
