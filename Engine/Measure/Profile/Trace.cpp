// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/Trace.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Render/FramePart.h"

namespace tableread::engine
{
namespace
{
using Kind = ProfileSpan::Kind;

constexpr int process = 1;

int threadOf (ProfileTrack track)
{
    return 1 + static_cast<int> (track);
}

const char* nameOf (ProfileTrack track)
{
    switch (track)
    {
        case ProfileTrack::Host:
            return "host";
        case ProfileTrack::Compute:
            return "compute queue";
        case ProfileTrack::Copy:
            return "copy queue";
    }
    return "unknown";
}

std::string layersOf (const ProfileSpan& span)
{
    return span.firstLayer == span.lastLayer
               ? fmt::format ("layer {}", span.firstLayer)
               : fmt::format ("layers {} to {}", span.firstLayer, span.lastLayer);
}

std::string nameOf (const ProfileSpan& span)
{
    switch (span.kind)
    {
        case Kind::Step:
            return fmt::format ("frame {}", span.frame);
        case Kind::Part:
        case Kind::Queue:
            return std::string (nameOf (partOf (span)));
        case Kind::Attention:
            return "attention, " + layersOf (span);
        case Kind::Products:
            return "matrix products, " + layersOf (span);
        case Kind::HostWait:
            return "wait for the GPU";
        case Kind::TrimWait:
            return "wait before a trim";
        case Kind::Trim:
            return "trim";
        case Kind::Work:
            return span.firstLayer < 0 ? std::string (nameOf (partOf (span))) : layersOf (span);
        case Kind::CopyWait:
            return "wait for " + layersOf (span);
        case Kind::Copy:
            return layersOf (span);
    }
    return "unknown";
}

/** A span in whole nanoseconds, so that nested spans stay nested after rounding. */
struct Event
{
    ProfileSpan span;
    std::int64_t begin, end;

    explicit Event (const ProfileSpan& of)
        : span (of)
        , begin (std::llround (of.beginMs * 1e6))
        , end (std::max<std::int64_t> (begin, std::llround (of.endMs * 1e6)))
    {}
};

/** Events of one track in the order in which they begin, outer ones first. If two overlap because of clock and rounding
    errors, the later one is adjusted. */
std::vector<Event> nested (std::vector<Event> events)
{
    std::ranges::stable_sort (events, [] (const Event& a, const Event& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    std::vector<std::int64_t> ends; // of the events that contain the next one
    for (auto& event : events)
    {
        while (! ends.empty() && ends.back() <= event.begin)
            ends.pop_back();
        while (! ends.empty() && event.end > ends.back())
        {
            if (event.end - ends.back() <= ends.back() - event.begin)
                event.end = ends.back(); // it is contained
            else
            {
                event.begin = ends.back(); // it follows
                ends.pop_back();
            }
        }
        ends.push_back (event.end);
    }
    return events;
}

nlohmann::json toJson (const Event& event)
{
    const auto track = trackOf (event.span.kind);
    nlohmann::json arguments { { "frame", event.span.frame } };
    if (event.span.bytes > 0)
        arguments["bytes"] = event.span.bytes;
    if (event.span.multiplyAdds > 0)
        arguments["multiply_adds"] = event.span.multiplyAdds;
    return { { "ph", "X" },
             { "pid", process },
             { "tid", threadOf (track) },
             { "ts", static_cast<double> (event.begin) / 1e3 },
             { "dur", static_cast<double> (event.end - event.begin) / 1e3 },
             { "name", nameOf (event.span) },
             { "cat", nameOf (track) },
             { "args", arguments } };
}

nlohmann::json about (const char* what, int thread, const nlohmann::json& arguments)
{
    return { { "ph", "M" }, { "pid", process }, { "tid", thread }, { "name", what }, { "args", arguments } };
}
} // namespace

std::string chromeTrace (std::span<const ProfileSpan> spans, const std::string& title)
{
    nlohmann::json events = nlohmann::json::array();
    events.push_back (about ("process_name", 0, { { "name", title } }));
    for (const auto track : { ProfileTrack::Host, ProfileTrack::Compute, ProfileTrack::Copy })
    {
        std::vector<Event> own;
        for (const auto& span : spans)
            if (trackOf (span.kind) == track)
                own.emplace_back (span);
        if (own.empty())
            continue;
        const auto thread = threadOf (track);
        events.push_back (about ("thread_name", thread, { { "name", nameOf (track) } }));
        events.push_back (about ("thread_sort_index", thread, { { "sort_index", thread } }));
        for (const auto& event : nested (std::move (own)))
            events.push_back (toJson (event));
    }
    const nlohmann::json trace { { "displayTimeUnit", "ms" }, { "traceEvents", std::move (events) } };
    return trace.dump (-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}
} // namespace tableread::engine
