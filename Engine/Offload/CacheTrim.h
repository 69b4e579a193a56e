// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "Device/Device.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** Returns the allocator's unused blocks to the driver after a given number of layer transfers. A trim stalls the
    device, so it never comes before a forward, except when memory has run out. */
class CacheTrim
{
public:
    struct Counters
    {
        std::int64_t transfers = 0;   // counted since the last due trim
        std::int64_t done = 0;        // after a transfer
        std::int64_t skipped = 0;     // due, but there was nothing to give back
        std::int64_t outOfMemory = 0; // before a forward, because memory had run out; not in `done`
        std::int64_t bytesReturned = 0;
        double waitedMs = 0; // for pending work, which had to be waited for anyway
        double spentMs = 0;  // in the trims themselves
    };

    /** One trim, by the device's host clock. */
    struct Times
    {
        double begunMs, idleMs, endedMs; // idle: when the pending work was done
    };

    CacheTrim (Device& device, std::int64_t interval, TrimPolicy policy);

    /** A layer was transferred: trims if due. */
    void transferred();

    /** Memory has run out: trims regardless of the interval. @returns the freed bytes. */
    std::int64_t outOfMemory();

    const Counters& counters() const { return counts; }

    std::function<void (const Times&)> onTrim; // called for each trim; may be empty

private:
    std::int64_t trim();

    Device& device;
    std::int64_t interval;
    TrimPolicy policy;
    Counters counts;
};
} // namespace tableread::engine
