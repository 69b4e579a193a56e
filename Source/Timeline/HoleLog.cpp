// SPDX-License-Identifier: Apache-2.0
#include "Timeline/HoleLog.h"

namespace tableread
{
void HoleLog::add (const Hole& hole) noexcept
{
    for (std::size_t i = 0; i < opened; ++i)
        if (open[i].line == hole.line)
        {
            if (open[i].isContinuedBy (hole))
                open[i].count += hole.count;
            else
            {
                push (open[i]);
                open[i] = hole;
            }
            return;
        }
    if (opened < mostOpen)
    {
        open[opened++] = hole;
        return;
    }
    push (open[oldest]);
    open[oldest] = hole;
    oldest = (oldest + 1) % mostOpen;
}

void HoleLog::flush() noexcept
{
    for (std::size_t i = 0; i < opened; ++i)
        push (open[i]);
    opened = oldest = 0;
}

void HoleLog::end() noexcept
{
    flush();
    push ({});
}

void HoleLog::push (const Hole& hole) noexcept
{
    const auto at = written.load (std::memory_order_relaxed);
    if (at - taken.load (std::memory_order_acquire) == capacity)
    {
        dropped.fetch_add (1, std::memory_order_relaxed);
        return;
    }
    ring[at % capacity] = hole;
    written.store (at + 1, std::memory_order_release);
}

std::vector<Hole> HoleLog::collect()
{
    std::vector<Hole> holes;
    const auto end = written.load (std::memory_order_acquire);
    auto at = taken.load (std::memory_order_relaxed);
    holes.reserve (end - at);
    for (; at != end; ++at)
        holes.push_back (ring[at % capacity]);
    taken.store (at, std::memory_order_release);
    return holes;
}
} // namespace tableread
