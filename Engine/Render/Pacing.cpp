// SPDX-License-Identifier: Apache-2.0
#include "Render/Pacing.h"

#include <algorithm>
#include <utility>

namespace tableread::engine
{
namespace
{
constexpr double newest = 0.3;       // how much the last measurement counts
constexpr double margin = 0.8;       // of the room that is used: costs are learnt from the past
constexpr double unknownStepMs = 80; // leaves the least room

double moved (double from, double to)
{
    return from + newest * (to - from);
}
} // namespace

void CostRate::took (double units, double ms)
{
    if (units <= 0 || ms <= 0)
        return;
    perUnit = isMeasured ? moved (perUnit, ms / units) : ms / units;
    isMeasured = true;
}

Pacing::Pacing (std::function<double()> wanted, double msOfAFrame)
    : clock (std::move (wanted))
    , frameMs (msOfAFrame)
{}

double Pacing::room (std::size_t speaking, bool isForListeners) const
{
    const bool isHeard = std::ranges::any_of (heard, [] (const auto& each) { return ! each.second.isAhead; });
    const double least = isHeard ? listenedStepMs : isForListeners ? idleStepMs : unheardStepMs;
    const double ms = alone (speaking).ms;
    return margin * (std::max (least, slowdown * ms) - ms);
}

Pacing::Alone Pacing::alone (std::size_t speaking) const
{
    if (speaking == 0)
        return { 0, true };
    auto known = std::min (speaking, steps.size() - 1);
    if (steps[known].ms > 0)
        return steps[known];
    while (known > 0 && steps[known].ms <= 0)
        --known;
    if (known == 0)
        return { unknownStepMs, false };
    return { steps[known].ms * static_cast<double> (speaking) / static_cast<double> (known), false };
}

void Pacing::stepTook (std::size_t speaking, double ms, double preparationMs)
{
    if (speaking == 0)
        return;
    auto& step = steps[std::min (speaking, steps.size() - 1)];
    const double own = std::max (0.0, ms - preparationMs);
    step.ms = step.ms > 0 ? moved (step.ms, own) : own;
    step.isFresh = preparationMs <= 0;
}

bool Pacing::isListenedTo (std::uint64_t passage) const
{
    const auto found = heard.find (passage);
    return found != heard.end() && ! found->second.isAhead;
}

void Pacing::frameMade (std::uint64_t passage)
{
    auto& each = heard.try_emplace (passage, Heard { .sinceMs = now() }).first->second;
    ++each.frames;
    const double ahead = static_cast<double> (each.frames) * frameMs - (now() - each.sinceMs);
    each.isAhead = each.isAhead || ahead >= aheadMs;
}
} // namespace tableread::engine
