// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "Core/Units.h"
#include "EngineLink/Protocol.h"
#include "Take/Take.h"
#include "Timeline/Timeline.h"

namespace tableread::playback
{
/** A take that is whole, and whose audio is in the store. */
struct KnownTake
{
    std::string audio {};       // contentHash() of its samples
    std::string fingerprint {}; // of the engine that spoke it
    Take::Ending ending = Take::Ending::Whole;
    ModelSamples length {};
};

/** A passage of a project as it is to be heard. */
struct Part
{
    TimelineItem item {}; // where it lies, without audio; its line names it: no other part has it
    std::string name {};  // of what it asks for: parts with one name have the same samples
    protocol::SpeechRequest request {};
    std::optional<KnownTake> known {}; // what it plays; empty: it has to be rendered
    bool isStale = false;              // `known` is of another request, and is played all the same
    std::string ifLost {};             // why a stale one cannot be heard any more once the store has lost it
    std::string failure {};            // why it is not rendered unasked; empty: it is
    bool canBeAsked = true;            // false: nobody can render it as it is, and `failure` says why
    std::optional<double>
        anchor {}; // as the user gave it, in seconds or beats: where it changes, the part was moved
};

/** A project as it is to be heard. */
struct Score
{
    std::vector<Part> parts {}; // in the script's order
    std::vector<Lane> lanes {}; // of the speakers
    Gaps gaps {};
    ModelSamples silenceAfter {}; // the last part
    bool playsSlate = true;       // where an offline bounce has a gap
    std::uint64_t opening = 0;    // of the project (project::Project::opened())
};
} // namespace tableread::playback
