// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "Offload/Profiler.h"
#include "OffloadFixture.h"

namespace tableread::test
{
/** A streamed model that is profiled as the engine on a GPU is. The host's own work takes no time. */
struct ProfiledModel : StreamedModel
{
    static constexpr int modelPart = 2, soundPart = 6; // as the engine numbers its parts

    explicit ProfiledModel (const Settings& with) : StreamedModel (with), profiler (&device)
    {
        profiler.watch (*streamer, trim);
    }

    void profiledFrame (double restMs)
    {
        using Kind = engine::ProfileSpan::Kind;
        {
            const engine::ProfileScope step (&profiler, { .kind = Kind::Step });
            part (modelPart, [this] {
                const engine::ProfileScope queue (&profiler, { .kind = Kind::Queue, .part = modelPart });
                for (std::int64_t l = 0; l < plan.layers(); ++l)
                    profiledLayer (l);
            });
            part (soundPart, [this, restMs] {
                const engine::ProfileScope work (&profiler, { .kind = Kind::Work, .part = soundPart });
                device.compute (restMs);
            });
        }
        profiler.frameMade();
    }

    engine::Profiler profiler;

private:
    template <typename Issue>
    void part (int which, const Issue& issue)
    {
        using Kind = engine::ProfileSpan::Kind;
        const engine::ProfileScope all (&profiler, { .kind = Kind::Part, .part = which });
        issue();
        const engine::ProfileScope wait (&profiler, { .kind = Kind::HostWait, .part = which });
        const auto done = device.makeEvent (engine::EventKind::Order);
        device.record (done, engine::DeviceQueue::Compute);
        device.waitOnHost (done);
        device.dropEvent (done);
    }

    void profiledLayer (std::int64_t l)
    {
        const auto* address = plan.isResident (l) ? nullptr : streamer->acquire (l);
        {
            const engine::ProfileScope work (&profiler, { .kind = engine::ProfileSpan::Kind::Work,
                                                          .part = modelPart,
                                                          .firstLayer = l,
                                                          .lastLayer = l });
            address == nullptr ? device.compute (settings.computeMs)
                               : device.compute (settings.computeMs, address, static_cast<int> (l));
        }
        if (address != nullptr)
            streamer->release (l);
    }
};
} // namespace tableread::test
