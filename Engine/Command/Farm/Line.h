// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "Command/Farm/Script.h"
#include "Command/Project/Voicing.h"
#include "Take/Store/Request.h"

namespace tableread::engine
{
/** One passage of a project, as a farm hands it out. */
struct FarmLine
{
    std::size_t number = 0; // of the passage, from 1
    WantedTake wanted;
    std::string id {}; // that a manifest gives it
    std::string
        refusal {}; // why nobody can speak it, so that nothing but its title is wanted; empty: it can be asked for
    std::string
        heardAudio {}; // hash of the take that the project hears, if the store has it; empty: find it by its request
    ModelSamples heardLength {};
};

/** The passages of a script, in order, with the voices that its document was given. `store`: where its takes are. */
std::vector<FarmLine> linesOf (const FarmScript& script, const VoicedProject& voiced, SampleStore& store);

/** For people: "line 5, Anna"; of a manifest's line "intro_05, Anna". */
std::string titleOf (const FarmScript& script, const project::PassageView& passage);

/** All that a line's samples depend on, but for the engine: its fingerprint is empty. @param voices as readVoices() */
TakeRequest takeRequestOf (const WantedTake& take, const SpokenVoices& voices);

/** "i/n": the number of a part, and of how many. @throws Exception InvalidInput */
std::pair<std::size_t, std::size_t> shardOf (const std::string& text);

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
