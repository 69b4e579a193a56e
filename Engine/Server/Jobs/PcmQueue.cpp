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
    allUnread->remove (waiting.size());
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
    if (wake && (! waiting.empty() || ending != State::Open))
        wake();
}

PcmQueue::State PcmQueue::take (std::vector<float>& out)
{
    const std::lock_guard lock (mutex);
    const auto count = std::min (mostAtOnce, waiting.size());
    if (count < waiting.size() && wake)
        wake(); // first, as it may throw
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t> (count);
    out.insert (out.end(), waiting.begin(), end);
    waiting.erase (waiting.begin(), end);
    allUnread->remove (count);
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
