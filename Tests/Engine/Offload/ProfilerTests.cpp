// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include <catch2/catch.hpp>

#include "ProfileFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
using Kind = ProfileSpan::Kind;

double sumOf (const std::vector<ProfileSpan>& spans, Kind kind, std::int64_t frame)
{
    double ms = 0;
    for (const auto& span : spans)
        if (span.kind == kind && span.frame == frame)
            ms += span.ms();
    return ms;
}

std::int64_t countOf (const std::vector<ProfileSpan>& spans, Kind kind, std::int64_t frame)
{
    return std::ranges::count_if (
        spans, [=] (const auto& span) { return span.kind == kind && span.frame == frame; });
}
} // namespace

TEST_CASE ("Work and exposed waits add up to a frame, with any number of layers and slots",
           "[engine][offload][profile]")
{
    const auto resident = GENERATE (std::int64_t { 0 }, 3, 7, 8);
    const auto slots = GENERATE (1, 2, 3);
    const auto computeMs = GENERATE (0.25, 3.0);
    CAPTURE (resident, slots, computeMs);
    ProfiledModel model (
        { .layers = 8, .gpuLayers = resident, .slots = slots, .interval = 0, .computeMs = computeMs });
    for (int frame = 0; frame < 4; ++frame)
        model.profiledFrame (2.0);
    model.device.synchronise();
    const auto spans = model.profiler.take();
    for (std::int64_t frame = 0; frame < 4; ++frame)
    {
        CAPTURE (frame);
        const auto work = sumOf (spans, Kind::Work, frame);
        CHECK (work == Approx (8 * computeMs + 2.0));
        CHECK (work + sumOf (spans, Kind::CopyWait, frame) == Approx (sumOf (spans, Kind::Step, frame)));
        CHECK (sumOf (spans, Kind::Part, frame) == Approx (sumOf (spans, Kind::Step, frame)));
        CHECK (countOf (spans, Kind::CopyWait, frame) == 8 - resident);
    }
    for (const auto& span : spans)
        if (span.kind == Kind::Copy)
        {
            CHECK (span.ms() == Approx (1.0));
            CHECK (span.bytes == 16);
        }
    CHECK (model.device.faults.empty());
}

TEST_CASE ("A copy belongs to the frame in which it ended, even if it began in another",
           "[engine][offload][profile]")
{
    // 1 ms a copy, 0.25 ms a layer: only the copies count, and they go on without a gap.
    ProfiledModel model ({ .layers = 4, .gpuLayers = 0, .slots = 2, .interval = 0 });
    for (int frame = 0; frame < 3; ++frame)
        model.profiledFrame (0.5);
    const auto spans = model.profiler.take();
    double lastEnd = 0;
    std::map<std::int64_t, std::pair<double, double>> frames;
    for (const auto& span : spans)
        if (span.kind == Kind::Step)
            frames[span.frame] = { span.beginMs, span.endMs };
    for (const auto& span : spans)
        if (span.kind == Kind::Copy && span.frame >= 0)
        {
            CHECK (span.beginMs == Approx (lastEnd).margin (1e-9));
            lastEnd = span.endMs;
            CHECK (span.endMs <= frames.at (span.frame).second + 1e-9);
            CHECK (span.endMs > frames.at (span.frame).first);
        }
    CHECK (countOf (spans, Kind::Copy, 1) == 4);
}

TEST_CASE ("Trims are in a profile, with what the host waited for before them", "[engine][offload][profile]")
{
    ProfiledModel model (
        { .layers = 4, .gpuLayers = 0, .slots = 2, .interval = 4, .policy = TrimPolicy::Always });
    model.device.trimMs = 0.75;
    for (int frame = 0; frame < 3; ++frame)
        model.profiledFrame (0.5);
    const auto spans = model.profiler.take();
    CHECK (model.device.trims == 3);
    double waitedMs = 0;
    for (std::int64_t frame = 0; frame < 3; ++frame)
    {
        CHECK (countOf (spans, Kind::Trim, frame) == 1);
        CHECK (countOf (spans, Kind::TrimWait, frame) == 1);
        CHECK (sumOf (spans, Kind::Trim, frame) == Approx (0.75));
        waitedMs += sumOf (spans, Kind::TrimWait, frame);
    }
    CHECK (waitedMs == Approx (model.trim.counters().waitedMs));
    CHECK (waitedMs > 0);
}

TEST_CASE ("Device times are given in the host's time, even if the device's clock runs faster",
           "[engine][offload][profile]")
{
    struct FastClock : FakeDevice
    {
        double millisecondsBetween (DeviceEvent from, DeviceEvent to) override
        {
            return 1.25 * FakeDevice::millisecondsBetween (from, to);
        }
    };
    FastClock device;
    device.advance (40.0);
    Profiler profiler (&device);
    device.advance (5.0); // the device does nothing meanwhile
    {
        const ProfileScope step (&profiler, { .kind = Kind::Step });
        {
            const ProfileScope work (&profiler, { .kind = Kind::Work });
            device.compute (8.0);
        }
        device.synchronise();
    }
    profiler.frameMade();
    const auto spans = profiler.take();
    REQUIRE (spans.size() == 2);
    for (const auto& span : spans)
    {
        CHECK (span.beginMs == Approx (5.0));
        CHECK (span.endMs == Approx (13.0));
        CHECK (span.frame == 0);
    }
}

TEST_CASE ("A profile starts over once it is taken, and what came before the first frame belongs to none",
           "[engine][offload][profile]")
{
    Profiler profiler (nullptr); // a CPU's
    const auto note = [&profiler] (Kind kind, int part) {
        const ProfileScope scope (&profiler, { .kind = kind, .part = part });
    };
    for (int round = 0; round < 2; ++round)
    {
        note (Kind::Part, 1);
        note (Kind::Queue, 1); // there is no queue
        profiler.prepared();
        note (Kind::Part, 2);
        profiler.frameMade();
        note (Kind::Part, 4);
        profiler.frameMade();
        note (Kind::Part, 0); // not collected
        const auto spans = profiler.take();
        std::vector<std::pair<int, std::int64_t>> found;
        for (const auto& span : spans)
        {
            found.emplace_back (span.part, span.frame);
            CHECK (span.beginMs >= 0);
            CHECK (span.endMs >= span.beginMs);
        }
        CHECK (found ==
               std::vector<std::pair<int, std::int64_t>> { { 1, -1 }, { 2, 0 }, { 4, 1 }, { 0, -1 } });
    }
    {
        const ProfileScope none (nullptr, { .kind = Kind::Part });
    } // does nothing
}

TEST_CASE ("A profiler gives all its events back", "[engine][offload][profile]")
{
    FakeDevice device;
    {
        Profiler profiler (&device);
        CHECK (device.eventsInUse > 0);
    }
    CHECK (device.eventsInUse == 0);
}
