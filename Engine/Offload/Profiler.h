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
/** Records where time goes, on the host's clock: what the host does and, with timed events, what a device's queues do.
    Recording costs a few microseconds; collecting happens between frames and counts for no frame.

    Threads   the render thread.
    Memory    grows with what was recorded since take(). */
class Profiler
{
public:
    /** device: null if there is only a host. It must outlive this object. */
    explicit Profiler (Device* device);
    ~Profiler();
    Profiler (const Profiler&) = delete;
    Profiler& operator= (const Profiler&) = delete;

    /** From now on the copies and waits of a streamer, and the trims, are part of the profile. This object must outlive
        both. */
    void watch (LayerStreamer& streamer, CacheTrim& trim);

    /** To be called after the host has waited for all work: records since the last call belong to no frame, or to the
        next one. */
    void prepared() { collect (-1); }
    void frameMade() { collect (frames++); }

    /** All completed records, ordered by begin, in milliseconds since this object was created. Then starts again with
        frame 0. */
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
    double begunMs = 0; // on the host's clock
    DeviceEvent origin = nullptr, moment = nullptr;
    Anchor first;
    std::optional<QueueMarks> compute;
    LayerStreamer* streamer = nullptr;
    double streamerBegunMs = 0; // its time 0 in our time
    std::int64_t frames = 0;
    std::vector<ProfileSpan> open,
        noted; // not yet and already assigned to a frame; device times on the device's clock
};

/** Records its lifetime, on the track that its kind belongs to. Does nothing without a profiler. */
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
