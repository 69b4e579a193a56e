// SPDX-License-Identifier: Apache-2.0
#include "Logging/LineQueue.h"

#include <utility>

namespace tableread::engine
{
void LineQueue::push (std::string_view line)
{
    const std::lock_guard lock (mutex);
    if (closed)
        return;
    slots[(first + count) % slots.size()] = line;
    if (count < slots.size())
        ++count;
    else // it was written over the oldest one
    {
        first = (first + 1) % slots.size();
        ++lost;
    }
    changed.notify_one();
}

LineQueue::Next LineQueue::take (std::string& line)
{
    std::unique_lock lock (mutex);
    changed.wait (lock, [this] { return closed || count > 0; });
    if (count == 0)
        return {};
    line.swap (slots[first]);
    first = (first + 1) % slots.size();
    --count;
    return { true, std::exchange (lost, 0) };
}

void LineQueue::lose (std::uint64_t lines)
{
    const std::lock_guard lock (mutex);
    lost += lines;
}

void LineQueue::close()
{
    const std::lock_guard lock (mutex);
    closed = true;
    changed.notify_one();
}
} // namespace tableread::engine
