// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/PcmQueue.h"

#include <algorithm>
#include <utility>

#include "Server/Http/Insist.h"

namespace tableread::engine
{
PcmQueue::PcmQueue (std::shared_ptr<UnreadSpeech> all) : allUnread (std::move (all))
{}

PcmQueue::~PcmQueue()
{
    allUnread->remove (left());
}

void PcmQueue::push (std::span<const float> samples)
{
    {
        const std::lock_guard lock (mutex);
        if (ending != State::Open)
            return;
        waiting.insert (waiting.end(), samples.begin(), samples.end());
        allUnread->add (samples.size());
    }
    signal();
}

std::size_t PcmQueue::unread() const
{
    const std::lock_guard lock (mutex);
    return left();
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
    {
        const std::lock_guard lock (mutex);
        if (ending == State::Open)
            ending = state;
    }
    signal();
}

void PcmQueue::cancel()
{
    const std::lock_guard lock (mutex);
    if (ending == State::Open)
        ending = State::Cancelled;
    if (wake)
        attempt (wake);
}

void PcmQueue::onReadable (std::function<void()> function)
{
    const std::lock_guard lock (mutex);
    if (ending == State::Abandoned)
        return;
    wake.swap (function);
    if (wake && (left() > 0 || ending != State::Open))
        wake();
}

PcmQueue::State PcmQueue::take (std::vector<float>& out)
{
    const std::lock_guard lock (mutex);
    const auto count = std::min (mostAtOnce, left());
    if (count < left() && wake)
        wake(); // first, as it may throw
    const auto begin = waiting.begin() + static_cast<std::ptrdiff_t> (taken);
    out.insert (out.end(), begin, begin + static_cast<std::ptrdiff_t> (count));
    taken += count;
    allUnread->remove (count);
    if (taken < waiting.size() / 2)
        return State::Open;
    waiting.erase (waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t> (std::exchange (taken, 0)));
    return waiting.empty() ? ending : State::Open;
}

void PcmQueue::abandon()
{
    std::function<void()> dropped; // it may own the last reference to this queue's reader
    const std::lock_guard lock (mutex);
    if (ending == State::Open)
        ending = State::Abandoned;
    dropped.swap (wake);
    if (dropped)
        attempt (dropped); // whoever abandons it ends the connection too
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

/** With the lock, so that no call comes after abandon(); without it while memory is waited for. */
void PcmQueue::signal()
{
    insist ([this] {
        const std::lock_guard lock (mutex);
        if (wake)
            wake();
    });
}
} // namespace tableread::engine
