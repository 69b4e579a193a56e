// SPDX-License-Identifier: Apache-2.0
#include "Timeline/PlanExchange.h"

#include <utility>

namespace tableread
{
PlanExchange::PlanExchange() : playing (new Node {})
{}

PlanExchange::~PlanExchange()
{
    collect();
    delete incoming.load();
    delete playing;
}

void PlanExchange::publish (PlaybackPlan plan)
{
    // A plan that the audio thread has not picked up was never played: it is replaced and freed here.
    delete incoming.exchange (new Node { std::move (plan), nullptr }, std::memory_order_acq_rel);
    collect();
}

void PlanExchange::collect() noexcept
{
    for (auto* node = retired.exchange (nullptr, std::memory_order_acquire); node != nullptr;)
    {
        auto* next = node->next;
        delete node;
        node = next;
    }
}

const PlaybackPlan& PlanExchange::current() noexcept
{
    if (incoming.load (std::memory_order_relaxed) != nullptr)
        if (auto* fresh = incoming.exchange (nullptr, std::memory_order_acq_rel))
        {
            auto* old = std::exchange (playing, fresh);
            old->next = retired.load (std::memory_order_relaxed);
            // Fails at most once for each collect() that runs at the same moment.
            while (! retired.compare_exchange_weak (old->next, old, std::memory_order_release,
                                                    std::memory_order_relaxed))
                ;
        }
    return playing->plan;
}
} // namespace tableread
