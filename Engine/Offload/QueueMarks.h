// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "Device/StreamDevice.h"
#include "Offload/Profile.h"

namespace tableread::engine
{
/** When work on a queue began and ended, by timed events around it. Stretches may lie within each other. Each is measured
    from the one that began before it, so that hours later a time is as exact as at first.

    Memory    a fixed number of events: what more is open at a time is not noted. */
class QueueMarks
{
public:
    static constexpr std::size_t openAtMost = 256; // more than the host is ever ahead of the device
    static constexpr std::size_t none = ~std::size_t { 0 };

    /** origin: a timed event, recorded before all that is marked: time 0. It has to outlive this object. */
    QueueMarks (StreamDevice& device, DeviceQueue queue, DeviceEvent origin);
    ~QueueMarks();
    QueueMarks (const QueueMarks&) = delete;
    QueueMarks& operator= (const QueueMarks&) = delete;

    /** What is issued on the queue from now on. @returns what end() takes; `none` if too many are open. */
    std::size_t begin (const ProfileSpan& what);
    void end (std::size_t mark);

    /** Adds those that are over to `to`, in the order of their begin, up to the first one that is not. */
    void collect (std::vector<ProfileSpan>& to);

private:
    struct Mark
    {
        DeviceEvent before = nullptr, after = nullptr;
        ProfileSpan what;
        bool ended = false;
    };

    StreamDevice& device;
    DeviceQueue queue;
    DeviceEvent origin;
    std::vector<Mark> marks; // a ring
    std::size_t oldest = 0, open = 0;
    DeviceEvent lastBegin; // of what was collected last; until then only kept for its turn
    double lastBeginMs = 0;
    bool anyCollected = false;
};
} // namespace tableread::engine
