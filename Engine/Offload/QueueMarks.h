// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "Device/Device.h"
#include "Offload/Profile.h"

namespace tableread::engine
{
/** Measures when work on a queue began and ended, with timed events around it. Marks may be nested. Each is measured
    from the previous begin, so that times stay exact after hours.

    Memory    a fixed number of events: marks beyond that are not recorded. */
class QueueMarks
{
public:
    static constexpr std::size_t openAtMost = 256; // the host is never further ahead of the device
    static constexpr std::size_t none = ~std::size_t { 0 };

    /** origin: a timed event, recorded before all marks: time 0. It must outlive this object. */
    QueueMarks (Device& device, DeviceQueue queue, DeviceEvent origin);
    ~QueueMarks();
    QueueMarks (const QueueMarks&) = delete;
    QueueMarks& operator= (const QueueMarks&) = delete;

    /** Begins a mark for work issued from now on. @returns the argument for end(); `none` if too many are open. */
    std::size_t begin (const ProfileSpan& what);
    void end (std::size_t mark);

    /** Adds the completed marks to `to`, in the order of their begin, up to the first one that is not completed. */
    void collect (std::vector<ProfileSpan>& to);

private:
    struct Mark
    {
        DeviceEvent before = nullptr, after = nullptr;
        ProfileSpan what;
        bool ended = false;
    };

    Device& device;
    DeviceQueue queue;
    DeviceEvent origin;
    std::vector<Mark> marks; // a ring
    std::size_t oldest = 0, open = 0;
    DeviceEvent lastBegin; // of the mark collected last; before that a spare event
    double lastBeginMs = 0;
    bool anyCollected = false;
};
} // namespace tableread::engine
