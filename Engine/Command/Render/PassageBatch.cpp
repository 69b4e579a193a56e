// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/PassageBatch.h"

#include <utility>

namespace tableread::engine
{
PassageBatch::~PassageBatch()
{
    cancelAll();
}

void PassageBatch::speak (std::vector<PassageJob> jobs)
{
    for (auto& job : jobs)
        slots.push_back ({ .job = std::move (job) });
    while (turn < slots.size())
    {
        const bool isCancelled = events.isCancelled && events.isCancelled();
        if (isCancelled)
            cancelAll();
        else
        {
            startSome();
            holdBack();
            renderer.step();
        }
        handOver();
        if (isCancelled)
            return;
    }
}

void PassageBatch::startSome()
{
    const auto mostHeld = mostHeldSeconds * static_cast<double> (renderer.info().sampleRateHz);
    while (next < slots.size() && inFlight < seats && ! isFailing &&
           (static_cast<double> (heldSamples) < mostHeld || next == turn))
        start (next++);
}

void PassageBatch::start (std::size_t index)
{
    auto& slot = slots[index];
    slot.job.events.onFrame = [this, index] (std::span<const float> frame) {
        if (index == turn)
        {
            beginTurn();
            return events.frame (frame);
        }
        auto& held = slots[index].held;
        held.insert (held.end(), frame.begin(), frame.end());
        heldSamples += frame.size();
    };
    slot.job.events.onEnd = [this, index] (const RenderReport& report, const std::exception_ptr& failure) {
        auto& ended = slots[index];
        ended.id = 0;
        ended.report = report;
        ended.failure = failure;
        isFailing = isFailing || failure != nullptr;
        --inFlight;
    };
    ++inFlight;
    try
    {
        slot.id = renderer.start (std::move (slot.job));
    }
    catch (...)
    {
        --inFlight;
        isFailing = true;
        slot.report.emplace();
        slot.failure = std::current_exception();
    }
}

/** Parks those that are too far ahead of their turn. */
void PassageBatch::holdBack()
{
    const bool isFull = static_cast<double> (heldSamples) >=
                        mostHeldSeconds * static_cast<double> (renderer.info().sampleRateHz);
    for (std::size_t i = turn; i < next; ++i)
    {
        auto& slot = slots[i];
        const bool waits = isFull && i != turn;
        if (slot.id == 0 || waits == slot.isParked)
            continue;
        slot.isParked = waits;
        waits ? renderer.park (slot.id) : renderer.resume (slot.id);
    }
}

void PassageBatch::beginTurn()
{
    if (! std::exchange (hasBegun, true))
        events.begin (turn);
}

/** Tells of everything whose turn it is. */
void PassageBatch::handOver()
{
    while (turn < next)
    {
        auto& slot = slots[turn];
        beginTurn();
        if (! slot.held.empty())
        {
            heldSamples -= slot.held.size();
            events.frame (std::exchange (slot.held, {}));
        }
        if (! slot.report)
            return;
        if (slot.failure != nullptr)
            std::rethrow_exception (slot.failure);
        events.end (turn++, std::move (*slot.report));
        hasBegun = false;
    }
}

void PassageBatch::cancelAll()
{
    for (auto& slot : slots)
        if (slot.id != 0)
            renderer.cancel (slot.id);
    slots.resize (std::min (slots.size(), turn + 1)); // nobody hears the others
    next = std::min (next, slots.size());
}
} // namespace tableread::engine
