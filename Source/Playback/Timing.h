// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "Project/Passages.h"
#include "Timeline/Timeline.h"

namespace tableread::playback
{
/** The host's music: at `seconds` it is at `quarters`, and goes on at the document's tempo. */
struct HostBeat
{
    double seconds = 0.0, quarters = 0.0;

    bool operator== (const HostBeat&) const = default;
};

/** A document's passages, of passagesOf(), as the timeline places them: without audio, each with the length that its text is
    expected to take, on the lane of who begins it. */
Timeline timelineOf (const project::Document& document, std::span<const project::PassageView> passages,
                     const HostBeat& beat = {});
} // namespace tableread::playback
