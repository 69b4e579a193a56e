// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "Offload/LayerStreamer.h"
#include "Offload/QueueMarks.h"

namespace tableread::engine
{
/** Notes where time goes, on the host's clock: what the host does, and by timed events what the queues of a device do.
    What is noted costs a few microseconds; between frames each is collected, which is no frame's time.

    Threads   the render thread.
    Memory    grows with what was noted since take(). */
class Profiler
{
public:
    /** device: null where there is only a host. It has to outlive this object. */
    explicit Profiler (Device* device);
    ~Profiler();
    Profiler (const Profiler&) = delete;
    Profiler& operator= (const Profiler&) = delete;

    /** From now on the copies and waits of a streamer with Timing::On, and the trims, are part of the profile. This object
        has to outlive both. */
    void watch (LayerStreamer& streamer, CacheTrim& trim);

    /** To be called when the host has waited for all work: what was noted since the last call belongs to no frame, or to
        the next one. */
    void prepared() { collect (-1); }
    void frameMade() { collect (frames++); }

    /** All that was noted and is over, ordered by begin, times in milliseconds since this object was made. Then begins anew
        with frame 0. */
    std::vector<ProfileSpan> take();

private:
    friend class ProfileScope;

    /** One moment on both clocks. */
    struct Anchor
    {
        double hostMs = 0, deviceMs = 0;
    };

    double nowMs() const;
    Anchor anchorNow();
    void collect (std::int64_t frame);

    Device* device;
    double begunMs = 0; // of the host's clock
    DeviceEvent origin = nullptr, moment = nullptr;
    Anchor first;
    std::optional<QueueMarks> compute;
    LayerStreamer* streamer = nullptr;
    double streamerBegunMs = 0; // its time 0 in ours
    std::int64_t frames = 0;
    std::vector<ProfileSpan> open,
        noted; // not yet of a frame, and of one; the device's times by its own clock
};

/** Notes the time from its making to its end, of the track that the kind belongs to. Does nothing without a profiler. */
class ProfileScope
{
public:
    ProfileScope (Profiler* profiler, const ProfileSpan& what);
    ~ProfileScope();
    ProfileScope (const ProfileScope&) = delete;
    ProfileScope& operator= (const ProfileScope&) = delete;

private:
    Profiler* profiler;
    ProfileSpan span;
    std::size_t mark = QueueMarks::none;
};
} // namespace tableread::engine
