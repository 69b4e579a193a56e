// SPDX-License-Identifier: Apache-2.0
#include "Server/PcmQueue.h"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace tableread::engine
{
PcmQueue::PcmQueue (std::size_t limit) : maxSamples (limit), eventFd (eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (eventFd < 0)
        tableread::fail (
            ErrorCode::OutOfMemory,
            "the engine has no file descriptors left for another job. Close clients and try again.");
}

PcmQueue::~PcmQueue()
{
    close (eventFd);
}

bool PcmQueue::push (std::span<const float> samples)
{
    std::unique_lock lock (mutex);
    room.wait (lock, [this] { return waiting.size() < maxSamples || ending == State::Abandoned; });
    if (ending == State::Abandoned)
        return false;
    waiting.insert (waiting.end(), samples.begin(), samples.end());
    signal();
    return true;
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

PcmQueue::State PcmQueue::take (std::vector<float>& out)
{
    const std::lock_guard lock (mutex);
    std::uint64_t count = 0;
    const bool keepSignal = ending != State::Open;
    if (! keepSignal) // an ended queue stays readable: the reader sees the end on every poll
        [[maybe_unused]]
        const auto ignored = read (eventFd, &count, sizeof (count));
    out.insert (out.end(), waiting.begin(), waiting.end());
    waiting.clear();
    room.notify_one();
    return ending;
}

void PcmQueue::abandon()
{
    const std::lock_guard lock (mutex);
    if (ending == State::Open)
        ending = State::Abandoned;
    room.notify_one();
    signal();
}

bool PcmQueue::abandoned() const
{
    const std::lock_guard lock (mutex);
    return ending == State::Abandoned;
}

Error PcmQueue::error() const
{
    const std::lock_guard lock (mutex);
    return failure;
}

void PcmQueue::signal()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = write (eventFd, &one, sizeof (one));
}
} // namespace tableread::engine
