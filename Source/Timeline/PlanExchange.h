// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "Timeline/PlaybackPlan.h"

namespace tableread
{
/** Passes plans to the audio thread without locking, and takes them back without freeing on that thread.

    publish() swaps the newest plan into a mailbox; current() picks it up and puts the plan it had on a list of
    retired ones, which the next publish() or collect() frees.
    Threads   current(): the audio thread. publish(), collect(): other threads, one at a time. Construction and
              destruction: while no audio runs.
*/
class PlanExchange
{
public:
    PlanExchange();
    ~PlanExchange();

    PlanExchange (const PlanExchange&) = delete;
    PlanExchange& operator= (const PlanExchange&) = delete;

    void publish (PlaybackPlan plan);

    /** Frees the plans that the audio thread no longer uses. */
    void collect() noexcept;

    /** The newest plan; it stays valid until the next call. */
    const PlaybackPlan& current() noexcept;

private:
    struct Node
    {
        PlaybackPlan plan;
        Node* next = nullptr;
    };

    std::atomic<Node*> incoming { nullptr };
    std::atomic<Node*> retired { nullptr };
    Node* playing; // the audio thread's
};
} // namespace tableread
