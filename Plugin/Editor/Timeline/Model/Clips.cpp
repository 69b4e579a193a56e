// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Clips.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "Editor/Text/Utf8.h"
#include "Project/Lookup.h"
#include "Project/Passages.h"

namespace tableread::plugin
{
namespace
{
constexpr std::size_t mostTitleBytes = 160;

double secondsOf (ModelSamples samples)
{
    return (double) samples.value / (double) modelSampleRateHz;
}
} // namespace

double TimelineClip::fraction() const
{
    if (state == playback::PartState::Done || state == playback::PartState::Stale)
        return 1.0;
    return length > 0.0 ? std::min (1.0, spoken / length) : 0.0;
}

std::string TimelineClip::title() const
{
    const auto& text = first->text;
    auto words = text.substr (0, startOfCharacter (text, mostTitleBytes));
    std::replace (words.begin(), words.end(), '\n', ' ');
    return words;
}

TimelineClips::News TimelineClips::show (const std::shared_ptr<const project::Document>& newDocument,
                                         const std::shared_ptr<const playback::View>& newView)
{
    const bool hasOtherDocument = document != newDocument, hasOtherView = view != newView;
    document = newDocument;
    view = newView;
    if (hasOtherDocument)
        readDocument();
    if (hasOtherDocument || hasOtherView)
        readView();
    return { hasOtherDocument || hasOtherView, grow() };
}

void TimelineClips::readDocument()
{
    passages.clear();
    passageOf.clear();
    speakers.clear();
    std::unordered_map<std::string_view, std::size_t> lanes; // a name is spelt in one way in all lines
    const SpeakerColours colours (*document);
    for (const auto& passage : project::passagesOf (*document))
    {
        const auto& line = document->lines[passage.first];
        const auto [lane, isNew] = lanes.emplace (line->speaker, speakers.size());
        if (isNew)
            speakers.push_back ({ line->speaker, colours.of (line->speaker) });
        passageOf.emplace (line->id.value, passages.size());
        passages.push_back ({ .first = line, .lineCount = passage.count, .lane = lane->second });
    }
    readMutes();
}

void TimelineClips::readMutes()
{
    const auto has = [this] (const TimelineLane& lane, bool project::Member::*flag) {
        const auto* const member = project::memberOf (*document, lane.speaker);
        return member != nullptr && member->*flag;
    };
    const bool isAnySolo = std::ranges::any_of (
        speakers, [&] (const auto& lane) { return has (lane, &project::Member::isSolo); });
    for (auto& lane : speakers)
        lane.isSilent =
            has (lane, &project::Member::isMuted) || (isAnySolo && ! has (lane, &project::Member::isSolo));
}

void TimelineClips::readView()
{
    clips.clear();
    places.clear();
    growing.clear();
    first = 0.0;
    last = secondsOf (view->end);
    clips.reserve (view->parts.size());
    for (const auto& part : view->parts)
    {
        const auto found = passageOf.find (part.line);
        if (found == passageOf.end())
            continue; // it has just left the script
        auto clip = passages[found->second];
        clip.state = part.state;
        clip.reason = part.reason;
        clip.take = part.take;
        clip.start = secondsOf (part.place.start);
        clip.length = secondsOf (part.place.length);
        first = std::min (first, clip.start);
        last = std::max (last, clip.end());
        if (part.take != nullptr)
        {
            clip.spoken = secondsOf ({ part.take->audio().rendered() });
            if (! part.take->isFinal())
                growing.push_back (clips.size());
        }
        places.emplace (part.line, clips.size());
        clips.push_back (std::move (clip));
    }
    readScenes();
}

void TimelineClips::readScenes()
{
    spans.clear();
    const auto& titles = document->scenes;
    if (std::ranges::all_of (titles, [] (const auto& title) { return title.empty(); }))
        return;
    for (const auto& clip : clips)
    {
        const auto scene = clip.first->scene;
        if (spans.empty() || spans.back().scene != scene)
        {
            const auto place = (std::size_t) scene;
            const bool isNamed = place < titles.size() && ! titles[place].empty();
            spans.push_back ({ scene, isNamed ? titles[place] : "Scene " + std::to_string (scene + 1),
                               clip.start, clip.end() });
        }
        auto& span = spans.back();
        span.start = std::min (span.start, clip.start);
        span.end = std::max (span.end, clip.end());
    }
}

std::vector<std::size_t> TimelineClips::grow()
{
    std::vector<std::size_t> grown;
    for (const auto index : growing)
    {
        auto& clip = clips[index];
        const auto spoken = secondsOf ({ clip.take->audio().rendered() });
        if (spoken <= clip.spoken)
            continue;
        clip.spoken = spoken;
        grown.push_back (index);
    }
    return grown;
}

std::optional<std::size_t> TimelineClips::placeOf (project::LineId line) const
{
    const auto found = places.find (line.value);
    return found == places.end() ? std::nullopt : std::optional (found->second);
}
} // namespace tableread::plugin
