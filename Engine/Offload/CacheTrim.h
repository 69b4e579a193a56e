// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "Device/StreamDevice.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** Returns the allocator's unused blocks to the driver, each time that so many layers were transferred. A trim holds up
    the device, so it never comes before a forward, except when memory ran out. */
class CacheTrim
{
public:
    struct Counters
    {
        std::int64_t transfers = 0;   // counted since the last due trim
        std::int64_t done = 0;        // after a transfer
        std::int64_t skipped = 0;     // due, but there was nothing to give back
        std::int64_t outOfMemory = 0; // before a forward, since memory had run out; not in `done`
        std::int64_t bytesReturned = 0;
        double waitedMs = 0; // for work that was under way, which had to be waited for anyway
        double spentMs = 0;  // in the trims themselves
    };

    /** One trim, by the device's host clock. */
    struct Times
    {
        double begunMs, idleMs, endedMs; // idle: what was under way is done
    };

    CacheTrim (StreamDevice& device, std::int64_t interval, TrimPolicy policy);

    /** A layer was transferred: trims if that is due. */
    void transferred();

    /** Memory ran out: trims whatever the interval. @returns the bytes that came free. */
    std::int64_t outOfMemory();

    const Counters& counters() const { return counts; }

    std::function<void (const Times&)> onTrim; // told of each one; may be empty

private:
    std::int64_t trim();

    StreamDevice& device;
    std::int64_t interval;
    TrimPolicy policy;
    Counters counts;
};
} // namespace tableread::engine
