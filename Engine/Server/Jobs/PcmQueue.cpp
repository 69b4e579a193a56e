// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/PcmQueue.h"

#include <algorithm>
#include <utility>

#include "Server/Http/Insist.h"

namespace tableread::engine
{
void PcmQueue::push (std::span<const float> samples)
{
    const std::lock_guard lock (mutex);
    if (ending != State::Open)
        return;
    waiting.insert (waiting.end(), samples.begin(), samples.end());
    signal();
}

std::size_t PcmQueue::unread() const
{
    const std::lock_guard lock (mutex);
    return waiting.size();
}

void PcmQueue::finish()
{
    end (State::Done);
}

void PcmQueue::fail (Error error)
{
    {
        const std::lock_guard lock (mutex);
        failure = std::move (error);
    }
    end (State::Failed);
}

void PcmQueue::end (State state)
{
    const std::lock_guard lock (mutex);
    if (ending == State::Open)
        ending = state;
    signal();
}

void PcmQueue::onReadable (std::function<void()> function)
{
    const std::lock_guard lock (mutex);
    if (ending == State::Abandoned)
        return;
    wake.swap (function);
    if (! waiting.empty() || ending != State::Open)
        signal();
}

PcmQueue::State PcmQueue::take (std::vector<float>& out)
{
    const std::lock_guard lock (mutex);
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t> (std::min (mostAtOnce, waiting.size()));
    out.insert (out.end(), waiting.begin(), end);
    waiting.erase (waiting.begin(), end);
    if (waiting.empty())
        return ending;
    signal();
    return State::Open;
}

void PcmQueue::abandon()
{
    std::function<void()> dropped; // it may own the last reference to this queue's reader
    const std::lock_guard lock (mutex);
    if (ending == State::Open)
        ending = State::Abandoned;
    signal();
    dropped.swap (wake);
}

bool PcmQueue::isUnwanted() const
{
    const std::lock_guard lock (mutex);
    return ending == State::Abandoned || ending == State::Cancelled;
}

bool PcmQueue::ended() const
{
    const std::lock_guard lock (mutex);
    return ending != State::Open;
}

Error PcmQueue::error() const
{
    const std::lock_guard lock (mutex);
    return failure;
}

/** The caller holds the lock, so that no call comes after abandon(). */
void PcmQueue::signal() const
{
    if (wake)
        insist (wake);
}
} // namespace tableread::engine
