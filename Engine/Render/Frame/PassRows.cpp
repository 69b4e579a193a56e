// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/PassRows.h"

#include <ATen/ATen.h>
#include <string>
#include <utility>

namespace tableread::engine
{
PassRows::PassRows (const VibeVoice& model, std::span<Sequence* const> speaking,
                    std::span<const PromptPiece> prompts)
{
    std::vector<at::Tensor> all;
    for (auto* s : speaking)
        add ({ .sequence = s, .rows = 1 }, s->nextInput, all);
    for (const auto& piece : prompts)
        add ({ piece.sequence, piece.rows, piece.isLast() },
             piece.sequence->promptRows (model, piece.sequence->positive.length(), piece.rows), all);
    inputs = at::cat (all);
    attention = kernels::makeAttentionRows (std::move (groups));
}

void PassRows::add (const Part& part, at::Tensor rows, std::vector<at::Tensor>& to)
{
    auto& s = *part.sequence;
    const bool negative = part.isLast && s.guided();
    if (negative)
        s.negativeInput = rows.slice (0, part.rows - 1).clone();
    tap (s.input.tap, "lm.p" + std::to_string (s.passes) + ".in", rows);
    to.push_back (rows);
    groups.push_back (s.positive.group (part.rows));
    if (negative)
    {
        to.push_back (rows.slice (0, part.rows - 1));
        groups.push_back (s.negative.group (1));
    }
    parts.push_back (part);
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
