// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "Render/Frame/Compute.h"
#include "Render/Frame/FrameNetwork.h"

namespace tableread::engine
{
/** The rows that sequences bring into an eager pass, and what they take out of it. A sequence that speaks has one for each
    branch; a piece of a prompt has its rows, and with the last one also the first of the negative branch. On a GPU a sum's
    order depends on how many rows of a sequence share a product, so a prompt is computed in blocks of kernels::promptBlock
    rows there; on a CPU it does not, and a block is whatever a pass has. */
class PassRows
{
public:
    PassRows (const VibeVoice& model, std::span<Sequence* const> speaking,
              std::span<const PromptPiece> prompts);

    /** To be run in order, each layer over all of them: a later block of a prompt sees the keys of an earlier one. */
    std::vector<PassBlock> blocks;

    /** hidden [M, h] of all blocks, after the final norm. Counts the rows in the caches, gives the sequences their
        conditions, and calls `score` for each that has new ones. */
    void handOut (const at::Tensor& hidden, const std::function<void (Sequence&)>& score) const;

private:
    struct Part
    {
        Sequence* sequence = nullptr;
        std::int64_t rows = 0;
        bool isLast = true; // of what the sequence needs before its next token
    };

    void add (const VibeVoice& model, const Part& part, at::Tensor rows);
    void addRows (at::Tensor rows, const kernels::AttentionGroup& group);
    void endBlock();

    std::vector<Part> parts;
    std::vector<at::Tensor> open; // the rows of the block that is being made, and their groups
    std::vector<kernels::AttentionGroup> groups;
};
} // namespace tableread::engine
