// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "Editor/TakePeaks.h"
#include "Editor/Timeline/Model/Clips.h"

namespace tableread::plugin
{
/** The peaks of the takes that are seen. What is read for one painting is limited, so that opening a long script does not
    hold up the window: isBehind() says that there is more. Message thread. */
class TimelinePeaks
{
public:
    static constexpr std::int64_t samplesAPainting = 90 * modelSampleRateHz; // about 3 ms

    void beginPainting();

    /** Up to what is rendered now, or as far as there is time. */
    const TakePeaks& of (const std::shared_ptr<const Take>& take);

    bool isBehind() const { return isShort; }

    /** Forgets takes that no clip has. */
    void keep (const std::vector<TimelineClip>& clips);

private:
    std::unordered_map<const Take*, TakePeaks> known;
    std::int64_t left = samplesAPainting;
    bool isShort = false;
};
} // namespace tableread::plugin
