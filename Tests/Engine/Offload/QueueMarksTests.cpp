// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Offload/QueueMarks.h"
#include "Support/FakeDevice.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** A compute queue with marks. */
template <typename Device>
struct Marked
{
    Device device;
    DeviceEvent origin = device.makeEvent (EventKind::Timed);
    QueueMarks marks { device, DeviceQueue::Compute, origin };

    Marked() { device.record (origin, DeviceQueue::Compute); }
    ~Marked() { device.dropEvent (origin); }

    std::size_t begin (std::int64_t layer) { return marks.begin ({ .firstLayer = layer }); }

    std::vector<ProfileSpan> collect()
    {
        std::vector<ProfileSpan> spans;
        marks.collect (spans);
        return spans;
    }
};
} // namespace

TEST_CASE ("Nested stretches of a queue are reported in the order in which they began",
           "[engine][offload][profile]")
{
    Marked<FakeDevice> queue;
    queue.device.compute (1.0);
    const auto outer = queue.begin (1);
    queue.device.compute (2.0);
    const auto inner = queue.begin (2);
    queue.device.compute (3.0);
    queue.marks.end (inner);
    queue.device.compute (4.0);
    queue.marks.end (outer);
    CHECK (queue.collect().empty()); // none of it is complete
    queue.device.synchronise();
    const auto spans = queue.collect();
    REQUIRE (spans.size() == 2);
    CHECK (spans[0].firstLayer == 1);
    CHECK (spans[0].beginMs == Approx (1.0));
    CHECK (spans[0].endMs == Approx (10.0));
    CHECK (spans[1].firstLayer == 2);
    CHECK (spans[1].beginMs == Approx (3.0));
    CHECK (spans[1].endMs == Approx (6.0));
    CHECK (queue.collect().empty());
}

TEST_CASE ("A stretch that was begun and not ended is not reported, though its events were used before",
           "[engine][offload][profile]")
{
    Marked<FakeDevice> queue;
    for (std::size_t i = 0; i < QueueMarks::openAtMost; ++i) // each mark once
    {
        queue.marks.end (queue.begin (0));
        queue.device.synchronise();
        CHECK (queue.collect().size() == 1);
    }
    const auto mark = queue.begin (7);
    queue.device.synchronise();
    CHECK (queue.collect().empty());
    queue.marks.end (mark);
    queue.device.synchronise();
    CHECK (queue.collect().size() == 1);
}

TEST_CASE ("More stretches than there are events for are left out", "[engine][offload][profile]")
{
    Marked<FakeDevice> queue;
    for (std::size_t i = 0; i < QueueMarks::openAtMost; ++i)
        queue.marks.end (queue.begin ((std::int64_t) i));
    CHECK (queue.begin (-5) == QueueMarks::none);
    queue.marks.end (QueueMarks::none);
    queue.device.synchronise();
    const auto spans = queue.collect();
    CHECK (spans.size() == QueueMarks::openAtMost);
    CHECK (spans.back().firstLayer == (std::int64_t) QueueMarks::openAtMost - 1);
}

TEST_CASE ("Times are as exact after a day as at first, on a device that gives them in floats",
           "[engine][offload][profile]")
{
    struct InFloats : FakeDevice
    {
        double millisecondsBetween (DeviceEvent from, DeviceEvent to) override
        {
            return (double) (float) FakeDevice::millisecondsBetween (from, to);
        }
    };
    Marked<InFloats> queue;
    constexpr double day = 86'400'000.0; // where floats are 8 apart
    queue.device.advance (day);
    for (int i = 0; i < 3; ++i)
    {
        const auto mark = queue.begin (i);
        queue.device.compute (0.25);
        queue.marks.end (mark);
    }
    queue.device.synchronise();
    const auto spans = queue.collect();
    REQUIRE (spans.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
    {
        CHECK (spans[i].beginMs == day + 0.25 * (double) i);
        CHECK (spans[i].endMs == day + 0.25 * (double) (i + 1));
    }
}
