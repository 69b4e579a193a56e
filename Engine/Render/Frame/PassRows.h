// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "Kernels/Attention.h"
#include "Render/Frame/Compute.h"

namespace tableread::engine
{
/** The rows that sequences bring into an eager pass, and what they take out of it. A sequence that speaks has one for each
    branch; a piece of a prompt has its rows, and with the last one also the first of the negative branch. */
class PassRows
{
public:
    PassRows (const VibeVoice& model, std::span<Sequence* const> speaking,
              std::span<const PromptPiece> prompts);

    at::Tensor inputs; // [M, h]
    kernels::AttentionRows attention;

    /** hidden [M, h], after the final norm. Counts the rows in the caches, gives the sequences their conditions, and calls
        `score` for each that has new ones. */
    void handOut (const at::Tensor& hidden, const std::function<void (Sequence&)>& score) const;

private:
    struct Part
    {
        Sequence* sequence = nullptr;
        std::int64_t rows = 0;
        bool isLast = true; // of what the sequence needs before its next token
    };

    void add (const Part& part, at::Tensor rows, std::vector<at::Tensor>& to);

    std::vector<Part> parts;
    std::vector<kernels::AttentionGroup> groups;
};
} // namespace tableread::engine
