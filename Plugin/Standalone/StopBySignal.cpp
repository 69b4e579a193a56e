// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/StopBySignal.h"

#include <chrono>
#include <cstdlib>
#include <utility>

namespace tableread::plugin
{
StopBySignal::StopBySignal (std::function<void()> lastWords)
    : sayLast (std::move (lastWords))
    , interrupt ([this] { endSoon(); })
{}

StopBySignal::~StopBySignal()
{
    {
        const std::lock_guard lock (mutex);
        isOver = true;
    }
    ended.notify_all();
}

/** On the interrupt's thread, half a second after a signal. */
void StopBySignal::endSoon()
{
    constexpr std::chrono::seconds none { 0 };
    constexpr std::chrono::seconds forEngine { 12 }; // that was just started, hangs, and has to be ended
    std::unique_lock lock (mutex);
    if (waiting != nullptr)
        waiting->breakOff();
    if (ended.wait_for (lock, hasPlayed ? forEngine : none, [this] { return isOver; }))
        return;
    sayLast();
    std::_Exit (interrupt.exitCode());
}

StopBySignal::Breaking::Breaking (StopBySignal& wanted, playback::Stage& stage) : owner (wanted)
{
    const std::lock_guard lock (owner.mutex);
    owner.waiting = &stage;
    owner.hasPlayed = true;
}

StopBySignal::Breaking::~Breaking()
{
    const std::lock_guard lock (owner.mutex);
    owner.waiting = nullptr;
}
} // namespace tableread::plugin
