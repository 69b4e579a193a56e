// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "EngineLink/Protocol.h"
#include "Project/Passages.h"

namespace tableread::project
{
/** The document's seed, and another for each Reroll: a hash of seed, line id and number. */
std::uint64_t seedOf (const Document& document, const PassageView& passage);

/** What a passage asks the engine for: its lines, the voice of each speaker's mood, seed, steps, guidance. A speaker without
    a voice has an empty one, which an engine refuses. */
protocol::SpeechRequest requestOf (const Document& document, const PassageView& passage);

/** A name for what was asked for: XXH3-128 of the request in a fixed order, with the hash of each recording's content in
    place of its path. Two requests have one name exactly if an engine gives the same samples for both. */
std::string nameOf (const Document& document, const PassageView& passage);

/** The same, had it been asked for with this seed. */
std::string nameOf (const Document& document, const PassageView& passage, std::uint64_t seed);

/** Whether a take is of other words, voices or settings than the passage asks for now; its seed does not matter. */
bool isOutdated (const Document& document, const PassageView& passage, const TakeRecord& take);

/** The take that a passage plays: the chosen one; else of those with its name the newest that is whole; else, if it is
    locked, the newest of its own that is whole. Null: none. `isStale` if the passage asks for something else by now,
    another seed apart: an earlier roll of the same words is not stale. */
struct Choice
{
    const TakeRecord* take = nullptr;
    bool isStale = false;
};

/** Chooses for many passages of one document, which must outlive it. */
class Choices
{
public:
    explicit Choices (const Document& document);

    Choice of (const PassageView& passage) const;

private:
    const Document& document;
    std::unordered_map<std::string_view, const TakeRecord*> newest; // whole one, by its request's name
};

Choice choiceOf (const Document& document, const PassageView& passage);

/** Why a passage cannot be heard whose choice is stale, once the take store has lost that take. */
inline constexpr const char* staleTakeLost =
    "its take is of other words and no longer in the take store. Unlock the line, or choose another take.";

/** It has audio from its beginning to its end. */
bool isWhole (const TakeRecord& take);
} // namespace tableread::project
