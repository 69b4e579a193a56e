// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/PassRows.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <string>
#include <utility>

namespace tableread::engine
{
PassRows::PassRows (const VibeVoice& model, std::span<Sequence* const> speaking,
                    std::span<const PromptPiece> prompts)
{
    for (auto* s : speaking)
        add (model, { .sequence = s, .rows = 1 }, s->nextInput);
    if (model.device().is_cuda())
        endBlock();
    for (const auto& piece : prompts)
        add (model, { piece.sequence, piece.rows, piece.isLast() },
             piece.sequence->promptRows (model, piece.sequence->positive.length(), piece.rows));
    endBlock();
}

void PassRows::add (const VibeVoice& model, const Part& part, at::Tensor rows)
{
    auto& s = *part.sequence;
    const bool negative = part.isLast && s.guided();
    if (negative)
        s.negativeInput = rows.slice (0, part.rows - 1).clone();
    tap (s.input.tap, "lm.p" + std::to_string (s.passes) + ".in", rows);
    const bool inBlocks = model.device().is_cuda() && part.rows > 1 && s.input.tap == nullptr;
    auto group = s.positive.group (0);
    for (std::int64_t first = 0; first < part.rows; first += group.rows)
    {
        if (first > 0)
            endBlock();
        const auto left = part.rows - first;
        group.rows = inBlocks ? std::min (s.promptBlockEnd (group.length) - group.length, left) : left;
        addRows (rows.narrow (0, first, group.rows), group);
        group.length += group.rows;
    }
    if (negative)
        addRows (rows.slice (0, part.rows - 1), s.negative.group (1));
    if (inBlocks)
        endBlock();
    parts.push_back (part);
}

void PassRows::addRows (at::Tensor rows, const kernels::AttentionGroup& group)
{
    open.push_back (std::move (rows));
    groups.push_back (group);
}

void PassRows::endBlock()
{
    if (! open.empty())
        blocks.push_back (
            { at::cat (std::exchange (open, {})), kernels::makeAttentionRows (std::exchange (groups, {})) });
}

void PassRows::handOut (const at::Tensor& hidden, const std::function<void (Sequence&)>& score) const
{
    std::int64_t row = 0;
    for (const auto& part : parts)
    {
        auto& s = *part.sequence;
        s.positive.append (part.rows);
        const auto first = std::exchange (row, row + part.rows);
        if (! part.isLast)
            continue;
        auto own = hidden.narrow (0, first, part.rows).clone();
        tap (s.input.tap, "lm.p" + std::to_string (s.passes) + ".out", own);
        s.hidden = own[part.rows - 1];
        if (s.guided())
        {
            s.negative.append (1);
            s.uncondition = hidden[row++].clone();
        }
        score (s);
        ++s.passes;
    }
}
} // namespace tableread::engine
