// SPDX-License-Identifier: Apache-2.0
// What the stage asks the engine for, and in which order.
#include <algorithm>
#include <utility>

#include "Playback/Order.h"
#include "Playback/Stage.h"

namespace tableread::playback
{
/** @returns whether other parts are the next to be heard. */
bool Stage::followPlayhead (bool isOther)
{
    constexpr std::chrono::milliseconds pause { 50 }; // each new frame of a take is no reason to sort all
    const auto time = Clock::now();
    const auto jumped = jumps.load (std::memory_order_relaxed);
    const bool hasJumped = std::exchange (followedJumps, jumped) != jumped;
    if (! isOther && ! hasJumped && time - lookedAt < pause)
        return false;
    lookedAt = time;
    auto now = orderFrom (modelPlayhead(), places);
    if (! isOther && now == order)
        return false;
    order = std::move (now);
    return true;
}

/** Asks for the parts that will be heard next, and takes back what a jump of the playhead has left behind, so that at most
    `mostAsked` wait. @returns whether a part has another take. */
bool Stage::ask()
{
    const auto time = Clock::now();
    std::vector<RenderQueue::Change> changes;
    std::vector<std::pair<std::size_t, Urgency>> missing;
    std::map<std::string, ModelSamples> later; // by name: parts with one name share a take
    std::size_t rank = 0;
    bool isOther = false;
    for (const auto index : order)
    {
        const auto& entry = repertoire.entries()[index];
        const bool isQueued = entry.state == PartState::Queued;
        if (! isQueued && (entry.state != PartState::Missing || ! isWanted (index, time)))
            continue;
        const auto urgency = urgencyOf (index, rank, time);
        const auto& part = repertoire.score().parts[index];
        if (! isQueued || rank >= options.mostAsked)
            later.emplace (part.name, part.item.estimate);
        if (rank++ < options.mostAsked)
        {
            if (isQueued)
                changes.push_back ({ entry.holding->take.get(), urgency });
            else
                missing.emplace_back (index, urgency);
        }
        else if (isQueued)
        {
            link.cancel (*entry.holding->take);
            repertoire.forget (index);
            isOther = true;
        }
    }
    link.reorder (changes);
    for (const auto& [index, urgency] : missing)
    {
        if (repertoire.entries()[index].state != PartState::Missing) // another part has asked for the same
            continue;
        auto take = repertoire.ask (index);
        const auto& part = repertoire.score().parts[index];
        if (! link.submit (std::move (take), part.request, urgency))
        {
            repertoire.forget (index); // it is busy: later
            break;
        }
        later.erase (part.name);
        isOther = true;
    }
    const std::lock_guard lock (mutex);
    unasked.clear();
    for (const auto& [name, length] : later)
        unasked.push_back (length);
    return isOther;
}

bool Stage::isWanted (std::size_t index, Clock::time_point time) const
{
    const auto& name = repertoire.score().parts[index].name;
    if (wasBouncing)
        return true;
    const auto edited = fresh.find (name);
    const bool isSettled = edited == fresh.end() || time - edited->second >= options.settling;
    return (wantsAll && isSettled) || wantedOnce.contains (name);
}

Urgency Stage::urgencyOf (std::size_t index, std::size_t rank, Clock::time_point time) const
{
    Urgency urgency { (std::int64_t) rank };
    if (! wasPlaying)
        return urgency;
    constexpr std::chrono::milliseconds grain { 500 }; // finer than that it would change with each look
    const auto rate = repertoire.hostRate();
    const auto ahead = (double) places[index].start.value / (double) modelSampleRateHz -
                       (double) playhead.load (std::memory_order_relaxed) / rate;
    const auto due = time + std::chrono::duration_cast<Clock::duration> (
                                std::chrono::duration<double> (std::max (ahead, 0.0)));
    urgency.due = Clock::time_point (std::chrono::floor<std::chrono::milliseconds> (due.time_since_epoch()) /
                                     grain * grain);
    return urgency;
}
} // namespace tableread::playback
