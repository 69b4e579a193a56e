// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "Render/Frame/Sequence.h"

namespace tableread::engine
{
/** Keys and values of earlier prompts. A prompt that begins in the same way, with the same voices, takes them over and computes
    only what differs: another line of the cast its text, the same line with another seed next to nothing. Its bits are those
    that it has without: on a GPU it takes whole blocks. The most recently used are kept; those go first whose cast another
    one has, too, and then the text of the new one. */
class PrefixCache
{
public:
    /** Keeps so many positions in all. inBlocks: prompts are computed in blocks (Sequence::promptBlockEnd). */
    PrefixCache (std::int64_t mostPositions, bool inBlocks) : most (mostPositions), wholeBlocks (inBlocks) {}

    /** Begins a prompt with as many rows as are there. */
    void fill (Sequence& sequence);

    /** Whether a prompt has to compute its cast's rows now, but could take them over once `other` is complete. */
    bool wouldGain (const Sequence& sequence, const Sequence& other) const;

    /** Keeps a prompt that is complete, or if it is too long, its prefix. */
    void keep (const Sequence& sequence);

    void clear() { entries.clear(); }

    std::int64_t positions() const;

private:
    struct Entry
    {
        std::vector<std::int64_t> ids;
        std::int64_t prefixRows = 0;
        std::vector<std::weak_ptr<EncodedVoice>> voices; // an entry is not found without all of them
        kernels::KvStore store;
    };

    std::int64_t common (const Entry& entry, const Sequence& sequence) const;
    std::int64_t usable (const Sequence& sequence, std::int64_t rows) const;
    bool dropOthersOfCasts (const Sequence& sequence, std::int64_t wanted);

    std::int64_t most;
    bool wholeBlocks;
    std::list<Entry> entries; // the most recently used first
};
} // namespace tableread::engine
