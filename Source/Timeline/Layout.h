// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "Core/Units.h"
#include "Timeline/Gaps.h"

namespace tableread
{
/** What the layout knows of a passage. */
struct LayoutItem
{
    std::uint64_t line = 0;                   // names it through edits
    ModelSamples length = {};                 // of its speech, as it is known or estimated
    ModelSamples least = {};                  // its speech will not be shorter than this
    bool isLengthKnown = false;               // `length` will not change any more
    ModelSamples pauseBefore = {};            // that the script asks for; 0: the gap
    std::optional<double> anchorSeconds = {}; // where it starts whatever is before it; may be negative
    int firstSpeaker = 0, lastSpeaker = 0, scene = 0;
};

/** Where a passage is, in the model's samples, which are the same at each of the host's rates. */
struct Place
{
    static constexpr auto nothing = std::numeric_limits<std::size_t>::max();

    std::uint64_t line = 0;
    ModelSamples start = {}, length = {};
    ModelSamples
        earliest = {}; // it will not start before this, however long those before it turn out to be …
    std::size_t waitsFor =
        nothing; // … of which this is the first whose length is not known; nothing: `start` stays

    ModelSamples end() const { return start + length; }
    bool isSettled() const { return waitsFor == nothing; }

    bool operator== (const Place&) const = default;
};

/** What is being heard: it stays where it is. */
struct Playing
{
    ModelSamples playhead = {}; // and a little more than a block, since playing goes on while a plan is made
    std::span<const Place> places {}; // of the plan that is heard; without those that the user has just moved
};

/** The silence before a passage without an anchor; previous: null for the first. */
ModelSamples silenceBefore (const LayoutItem* previous, const LayoutItem& item, const Gaps& gaps);

/** A place in seconds, to the nearest sample. What no timeline has (not a number, 300 years) is 0 or as far as possible. */
ModelSamples samplesOfSeconds (double seconds);

/** Places the items one after the other, from 0 or the last anchor on. While playing, what starts at or before the playhead
    stays where it was, and what was ahead of it stays ahead. Without `playing` the places depend on the items and gaps only,
    and a place is settled when all lengths back to the last anchor are known. */
std::vector<Place> layOut (std::span<const LayoutItem> items, const Gaps& gaps,
                           const std::optional<Playing>& playing = {});
} // namespace tableread
