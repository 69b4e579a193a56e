// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Ticks.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace tableread::plugin
{
namespace
{
constexpr double labelRoom = 72.0; // pixels
constexpr double smallRoom = 6.0;
constexpr double nearly = 1e-9; // of a step: sums of doubles are not exact

/** Calls `add (tick's number, is labelled)` for the ticks from the label before `from` on to `to`. */
template <typename Add>
void forTicks (double from, double to, const TickSteps& steps, const Add& add)
{
    const auto smallPerLabel = (std::int64_t) std::llround (steps.labelled / steps.small);
    const auto first = (std::int64_t) std::floor (from / steps.labelled + nearly) * smallPerLabel;
    const auto last = (std::int64_t) std::floor (to / steps.small + nearly);
    for (auto tick = first; tick <= last; ++tick)
        add (tick, tick % smallPerLabel == 0);
}

int decimalsFor (double step)
{
    constexpr double whole = 0.999, tenths = 0.0999;
    return step > whole ? 0 : step > tenths ? 1 : 2;
}

/** With zeros in front, up to so many digits. */
std::string padded (std::int64_t number, std::size_t digits)
{
    auto text = std::to_string (number);
    return text.size() < digits ? std::string (digits - text.size(), '0') + text : text;
}
} // namespace

TickSteps stepsOfSeconds (const TimelineScale& scale)
{
    static constexpr TickSteps usual[] = {
        { 0.05, 0.01 },    { 0.1, 0.02 },      { 0.2, 0.05 },        { 0.5, 0.1 },          { 1.0, 0.2 },
        { 2.0, 0.5 },      { 5.0, 1.0 },       { 10.0, 2.0 },        { 15.0, 5.0 },         { 30.0, 10.0 },
        { 60.0, 10.0 },    { 120.0, 30.0 },    { 300.0, 60.0 },      { 600.0, 120.0 },      { 1800.0, 600.0 },
        { 3600.0, 600.0 }, { 7200.0, 1800.0 }, { 14'400.0, 3600.0 }, { 43'200.0, 10'800.0 }
    };
    for (const auto& steps : usual)
        if (steps.labelled * scale.pixelsPerSecond() >= labelRoom)
            return steps;
    constexpr double day = 86'400.0;
    auto steps = TickSteps { day, day / 4.0 };
    while (steps.labelled * scale.pixelsPerSecond() < labelRoom)
        steps = { steps.labelled * 2.0, steps.labelled };
    return steps;
}

TickSteps stepsOfQuarters (const TimelineScale& scale, const HostMusic& music)
{
    const auto pixels =
        scale.pixelsPerSecond() * (music.secondsAt (1.0) - music.secondsAt (0.0)); // a quarter
    const auto beat = music.quartersPerBeat(), bar = music.quartersPerBar();
    if (beat * pixels >= 4.0 * labelRoom)
        return { beat / 4.0, beat / 16.0 };
    if (beat * pixels >= labelRoom)
        return { beat, beat / 4.0 };
    double bars = 1.0;
    while (bars * bar * pixels < labelRoom)
        bars *= 2.0;
    if (bars > 1.0)
        return { bars * bar, std::max (1.0, bars / 4.0) * bar };
    return { bar, beat * pixels >= smallRoom ? beat : bar };
}

std::vector<Tick> ticksOfSeconds (const TimelineScale& scale)
{
    std::vector<Tick> ticks;
    const auto steps = stepsOfSeconds (scale);
    forTicks (scale.start(), scale.end(), steps, [&] (std::int64_t number, bool isLabelled) {
        const auto seconds = (double) number * steps.small;
        ticks.push_back ({ seconds, isLabelled ? timeText (seconds, decimalsFor (steps.labelled)) : "" });
    });
    return ticks;
}

std::vector<Tick> ticksOfBars (const TimelineScale& scale, const HostMusic& music)
{
    std::vector<Tick> ticks;
    const auto steps = stepsOfQuarters (scale, music);
    forTicks (
        music.quartersAt (scale.start()), music.quartersAt (scale.end()), steps,
        [&] (std::int64_t number, bool isLabelled) {
            const auto quarters = (double) number * steps.small;
            ticks.push_back ({ music.secondsAt (quarters), isLabelled ? barText (quarters, music) : "" });
        });
    return ticks;
}

std::string timeText (double seconds, int decimals)
{
    static constexpr std::int64_t powers[] = { 1, 10, 100, 1000 };
    const auto places = (std::size_t) std::clamp (decimals, 0, (int) std::size (powers) - 1);
    const auto units = std::llround (std::abs (seconds) * (double) powers[places]);
    const auto whole = units / powers[places];
    std::string text = seconds < 0.0 && units > 0 ? "-" : "";
    constexpr std::int64_t minute = 60, hour = 3600;
    if (whole >= hour)
        text += std::to_string (whole / hour) + ":";
    text += padded (whole / minute % minute, whole >= hour ? 2 : 1) + ":" + padded (whole % minute, 2);
    return places == 0 ? text : text + "." + padded (units % powers[places], places);
}

std::string barText (double quarters, const HostMusic& music)
{
    constexpr double hundred = 100.0;
    const auto perBeat = (std::int64_t) hundred, perBar = perBeat * music.beatsPerBar;
    const auto parts = (std::int64_t) std::llround (quarters / music.quartersPerBeat() * hundred);
    const auto bar = (std::int64_t) std::floor ((double) parts / (double) perBar);
    const auto rest = parts - bar * perBar;
    auto text = std::to_string (bar + 1);
    if (rest == 0)
        return text;
    text += "." + std::to_string (rest / perBeat + 1);
    return rest % perBeat == 0 ? text : text + "." + padded (rest % perBeat, 2);
}
} // namespace tableread::plugin
