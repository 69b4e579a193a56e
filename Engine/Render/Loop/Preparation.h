// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <vector>

#include "Render/Frame/Compute.h"
#include "Render/Loop/PrefixCache.h"
#include "Render/Pacing.h"

namespace tableread::engine
{
/** Divides the preparation of sequences, voices first and then the prompt, into pieces that fit the time a step has for it.
    Half of the steps work for the one that came first, half for the one that has least to do, so that a long voice does not
    hold up a short line and is not held up for ever itself. */
class Preparation
{
public:
    explicit Preparation (const VibeVoice& model);

    using Sequences = std::list<std::shared_ptr<Sequence>>;

    /** The pieces of prompts for the next pass, which has room for so many milliseconds of them; afterwards `roomMs` has
        what is left. If nobody speaks, an offloading model takes more rows at once than fit, because each pass costs a trip
        over the link. */
    std::vector<PromptPiece> promptPieces (const Sequences& all, bool somebodySpeaks, double& roomMs);

    /** The work of pieces, to be asked before their pass, and how long it is expected to take in it. */
    double units (const std::vector<PromptPiece>& pieces) const;
    double expectedMs (double units) const { return promptCost.ms (units); }

    /** So much work took so long in a pass. */
    void promptTook (double units, double ms) { promptCost.took (units, ms); }

    /** These pieces have been computed. */
    void computed (const std::vector<PromptPiece>& pieces);

    void forgetPrompts() { prefixes.clear(); }

    /** Encodes voices for so many milliseconds. @returns how long it took. */
    double encodeVoices (const Sequences& all, double roomMs, const Pacing& clock);

    /** Encodes all voices, and returns whole prompts. */
    std::vector<PromptPiece> everything (const Sequences& all);

private:
    double leftMs (const Sequence& sequence) const;
    std::vector<Sequence*> inTurn (const Sequences& all) const;
    double rowUnits (double position) const;
    double units (std::int64_t first, std::int64_t rows) const;
    std::int64_t rowsFitting (double ms, std::int64_t first, std::int64_t most) const;
    std::int64_t wholeBlocks (const Sequence& sequence, std::int64_t rows) const;
    void begin (Sequence& sequence);
    bool waitsForAnother (const Sequence& sequence, const Sequences& all,
                          const std::vector<PromptPiece>& pieces) const;

    bool offloads, inBlocks; // pieces end with a block of a prompt
    PrefixCache prefixes;
    double attentionShare; // of one position in a row's work, the matrix products being 1
    CostRate promptCost, voiceCost;
    std::uint64_t turns = 0;
};
} // namespace tableread::engine
