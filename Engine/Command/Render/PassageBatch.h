// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** Speaks passages, several at once, and hands over their frames as if each had been spoken after the one before. What is
    ahead of its turn is held back, at most 10 minutes of it: then later passages wait.

    Threads   one.
*/
class PassageBatch
{
public:
    static constexpr double mostHeldSeconds = 600;

    /** begin, frames and end of one passage after the other. */
    struct Events
    {
        std::function<void (std::size_t passage)> begin;
        std::function<void (std::span<const float> frame)> frame;
        std::function<void (std::size_t passage, RenderReport report)> end; // also of one that was cancelled
        std::function<bool()> isCancelled;                                  // asked before each step
    };

    /** Both must outlive this object. `seats`: most passages at once. */
    PassageBatch (Renderer& speaker, int seatCount, Events told)
        : renderer (speaker)
        , seats (seatCount)
        , events (std::move (told))
    {}
    ~PassageBatch();
    PassageBatch (const PassageBatch&) = delete;
    PassageBatch& operator= (const PassageBatch&) = delete;

    /** @throws what a passage failed with, in its turn, after the frames that it made. */
    void speak (std::vector<PassageJob> jobs);

private:
    struct Slot
    {
        PassageJob job;
        PassageId id = 0; // 0: not in flight
        bool isParked = false;
        std::vector<float> held {};            // ahead of its turn
        std::optional<RenderReport> report {}; // once it has ended
        std::exception_ptr failure {};
    };

    void startSome();
    void start (std::size_t index);
    void holdBack();
    void beginTurn();
    void handOver();
    void cancelAll();

    Renderer& renderer;
    int seats;
    Events events;
    std::vector<Slot> slots;
    std::size_t turn = 0, next = 0; // whose frames are handed over; who starts next
    bool hasBegun = false;          // the one whose turn it is
    int inFlight = 0;
    std::size_t heldSamples = 0;
    bool isFailing = false; // nothing more is started
};
} // namespace tableread::engine
