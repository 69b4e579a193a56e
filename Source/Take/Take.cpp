// SPDX-License-Identifier: Apache-2.0
#include "Take/Take.h"

namespace tableread
{
Take::Take() : samples (TakeAudio::create().value())
{}

bool Take::isFinal() const noexcept
{
    const auto now = state();
    return now == TakeState::Done || now == TakeState::Failed || now == TakeState::Cancelled;
}

Error Take::error() const
{
    const std::lock_guard lock (mutex);
    return failure;
}

Take::Fault Take::fault() const
{
    const std::lock_guard lock (mutex);
    return blamed;
}

std::string Take::fingerprint() const
{
    const std::lock_guard lock (mutex);
    return engine;
}

void Take::begin (const std::string& engineFingerprint)
{
    const std::lock_guard lock (mutex);
    engine = engineFingerprint;
    current.store (TakeState::Rendering, std::memory_order_release);
}

void Take::finish (Ending how) noexcept
{
    ended.store (how, std::memory_order_relaxed);
    current.store (TakeState::Done, std::memory_order_release);
}

void Take::fail (Error why, Fault whose)
{
    const std::lock_guard lock (mutex);
    failure = std::move (why);
    blamed = whose;
    current.store (TakeState::Failed, std::memory_order_release);
}
} // namespace tableread
