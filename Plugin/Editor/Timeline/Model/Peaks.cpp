// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Peaks.h"

#include <unordered_set>

namespace tableread::plugin
{
void TimelinePeaks::beginPainting()
{
    left = samplesAPainting;
    isShort = false;
}

const TakePeaks& TimelinePeaks::of (const std::shared_ptr<const Take>& take)
{
    auto& peaks = known.try_emplace (take.get(), take).first->second;
    const auto before = peaks.samplesRead();
    peaks.update (left);
    left -= peaks.samplesRead() - before;
    isShort = isShort || ! peaks.isUpToDate();
    return peaks;
}

void TimelinePeaks::keep (const std::vector<TimelineClip>& clips)
{
    std::unordered_set<const Take*> wanted;
    for (const auto& clip : clips)
        wanted.insert (clip.take.get());
    std::erase_if (known, [&] (const auto& entry) { return wanted.count (entry.first) == 0; });
}
} // namespace tableread::plugin
