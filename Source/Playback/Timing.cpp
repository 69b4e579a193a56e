// SPDX-License-Identifier: Apache-2.0
#include "Playback/Timing.h"

#include <string>
#include <unordered_map>

#include "Passage/Names.h"
#include "Passage/Passage.h"
#include "Project/LineIds.h"
#include "Project/Lookup.h"

namespace tableread::playback
{
namespace
{
/** Numbers for speakers, which are those of their lanes. */
class Lanes
{
public:
    explicit Lanes (const project::Document& source) : document (source) {}

    std::size_t of (const std::string& speaker)
    {
        const auto [known, isNew] = numbers.emplace (foldedName (speaker), lanes.size());
        if (isNew)
            lanes.push_back (laneOf (project::memberOf (document, speaker)));
        return known->second;
    }

    std::vector<Lane> take() { return std::move (lanes); }

private:
    static Lane laneOf (const project::Member* member)
    {
        return member == nullptr ? Lane()
                                 : Lane { member->bus, member->gainDb, member->isMuted, member->isSolo };
    }

    const project::Document& document;
    std::unordered_map<std::string, std::size_t> numbers;
    std::vector<Lane> lanes;
};

double secondsOf (const project::Anchor& anchor, double tempo, const HostBeat& beat)
{
    constexpr double secondsPerMinute = 60.0;
    if (const auto* const place = std::get_if<project::AtSeconds> (&anchor))
        return place->seconds;
    const auto quarters = std::get<project::AtBeats> (anchor).quarters;
    return beat.seconds + (quarters - beat.quarters) * secondsPerMinute / tempo;
}

std::size_t lettersIn (const project::Document& document, const project::PassageView& passage)
{
    std::size_t letters = 0;
    for (auto place = passage.first; place < passage.first + passage.count; ++place)
        letters += tableread::lettersIn (document.lines[place]->text);
    return letters;
}
} // namespace

Timeline timelineOf (const project::Document& document, std::span<const project::PassageView> passages,
                     const HostBeat& beat)
{
    const auto& gaps = document.settings.gaps;
    Timeline timeline;
    timeline.gaps = { modelSamplesOf (gaps.lineMs), modelSamplesOf (gaps.speakerMs),
                      modelSamplesOf (gaps.sceneMs) };
    if (const auto script = project::scriptOf (document))
        timeline.silenceAfter = modelSamplesOf (script->pauseAfterMs);
    Lanes lanes (document);
    timeline.items.reserve (passages.size());
    for (const auto& passage : passages)
    {
        const auto& first = *document.lines[passage.first];
        const auto& last = *document.lines[passage.first + passage.count - 1];
        TimelineItem item { .line = first.id.value,
                            .estimate = estimatedLength (lettersIn (document, passage)),
                            .pauseBefore = passage.pauseBefore,
                            .scene = first.scene,
                            .lane = lanes.of (first.speaker) };
        if (first.anchor)
            item.anchorSeconds = secondsOf (*first.anchor, document.tempo, beat);
        item.firstSpeaker = (int) item.lane;
        item.lastSpeaker = (int) lanes.of (last.speaker);
        timeline.items.push_back (std::move (item));
    }
    timeline.lanes = lanes.take();
    return timeline;
}
} // namespace tableread::playback
