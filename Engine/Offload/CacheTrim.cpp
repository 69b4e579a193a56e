// SPDX-License-Identifier: Apache-2.0
#include "Offload/CacheTrim.h"

namespace tableread::engine
{
CacheTrim::CacheTrim (Device& of, std::int64_t transfersBetween, TrimPolicy when)
    : device (of)
    , interval (transfersBetween)
    , policy (when)
{}

void CacheTrim::transferred()
{
    if (++counts.transfers < interval || interval == 0)
        return;
    counts.transfers = 0;
    if (policy == TrimPolicy::Useful && device.memory().returnable == 0)
    {
        ++counts.skipped;
        return;
    }
    ++counts.done;
    trim();
}

std::int64_t CacheTrim::outOfMemory()
{
    counts.transfers = 0;
    ++counts.outOfMemory;
    return trim();
}

std::int64_t CacheTrim::trim()
{
    const auto begun = device.nowMs();
    device.synchronise();
    const auto idle = device.nowMs();
    const auto bytes = device.trim();
    const auto ended = device.nowMs();
    counts.waitedMs += idle - begun;
    counts.spentMs += ended - idle;
    counts.bytesReturned += bytes;
    if (onTrim)
        onTrim ({ begun, idle, ended });
    return bytes;
}
} // namespace tableread::engine
