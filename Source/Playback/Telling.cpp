// SPDX-License-Identifier: Apache-2.0
// What the stage tells of: how far it is, takes that have failed, bounces, and what was silent in real time.
#include <algorithm>
#include <utility>

#include "Playback/Stage.h"

namespace tableread::playback
{
double PartView::fraction() const
{
    constexpr double mostUnlessWhole = 0.95;
    if (state == PartState::Done || state == PartState::Stale)
        return 1.0;
    if (take == nullptr || place.length.value <= 0)
        return 0.0;
    return std::min (mostUnlessWhole, (double) take->audio().rendered() / (double) place.length.value);
}

double View::fraction() const
{
    double done = 0.0, all = 0.0;
    for (const auto& part : parts)
    {
        all += (double) part.place.length.value;
        done += (double) part.place.length.value * part.fraction();
    }
    return all > 0.0 ? done / all : 1.0;
}

/** What was missing while it was played; another rate has not been taken yet. */
void Stage::collectHoles (const std::optional<double>& nextRate)
{
    const auto rate = repertoire.hostRate();
    played.add (holes.collect(), rate, nextRate.value_or (rate));
}

std::optional<Played::Line> Stage::lineNow (std::uint64_t line) const
{
    const auto& parts = repertoire.score().parts;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i].item.line == line)
        {
            const auto& [holding, state, reason] = repertoire.entries()[i];
            if (holding != nullptr && holding->take->state() == TakeState::Done)
                return Played::Line { { holding->take->audio().rendered() }, true };
            return Played::Line { places[i].length, state == PartState::Failed, reason };
        }
    return std::nullopt;
}

void Stage::tellFailures()
{
    for (const auto index : repertoire.failed())
    {
        const auto& score = repertoire.score();
        const auto& part = score.parts[index];
        events.takeFailed ({ repertoire.entries()[index].holding->take, part.item.line, part.name,
                             part.request, score.opening });
    }
}

void Stage::tellOfBounces (std::vector<Ended> ended)
{
    for (auto& each : ended)
    {
        std::stable_sort (each.gaps.begin(), each.gaps.end(),
                          [] (const Gap& a, const Gap& b) { return a.place.start < b.place.start; });
        BounceEnd bounce { .gaps = std::move (each.gaps),
                           .hostRateHz = each.hostRateHz,
                           .playsSlate = repertoire.score().playsSlate };
        if (each.goesOn)
            bounce.before = played.handedOver ([this] (std::uint64_t line) { return lineNow (line); });
        events.bounceEnded (bounce);
    }
}

void Stage::tellOfPlayed()
{
    if (! played.isSettled())
        for (const auto& report : played.reports ([this] (std::uint64_t line) { return lineNow (line); }))
            events.playedEnded (report);
}
} // namespace tableread::playback
