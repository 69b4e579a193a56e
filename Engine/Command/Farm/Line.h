// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "Command/Project/Voicing.h"
#include "Take/Store/Request.h"

namespace tableread::engine
{
/** One passage of a project, as a farm hands it out. */
struct FarmLine
{
    std::size_t number = 0; // of the passage, from 1
    WantedTake wanted;
    std::string
        heardAudio {}; // hash of the take that the project hears, if the store has it; empty: find it by its request
    ModelSamples heardLength {};
};

/** The passages of a project, in order. `store`: where its takes are. @throws Exception as wantedTake() */
std::vector<FarmLine> linesOf (const VoicedProject& voiced, SampleStore& store);

/** All that a line's samples depend on, but for the engine: its fingerprint is empty. @param voices as readVoices() */
TakeRequest takeRequestOf (const WantedTake& take, const SpokenVoices& voices);

/** Some of the numbers from 1 to `count`. */
struct Chunk
{
    std::string lines;               // "a-b" or "a"; empty: all
    std::vector<std::string> shards; // "i/n": each takes every n-th of what is left, from the i-th on

    /** @throws Exception InvalidInput or OutOfRange for what is none, or not of so many lines. */
    std::vector<std::size_t> of (std::size_t count) const;

    /** As it was asked for: "lines 5-20, shard 1/4". */
    std::string text() const;
};
} // namespace tableread::engine
