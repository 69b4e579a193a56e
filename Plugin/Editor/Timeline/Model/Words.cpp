// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Words.h"

#include <variant>

#include "Editor/Timeline/Model/Ticks.h"

namespace tableread::plugin
{
namespace
{
LineMark::State stateOf (playback::PartState state)
{
    switch (state)
    {
        case playback::PartState::Missing:
            return LineMark::State::None;
        case playback::PartState::Loading:
        case playback::PartState::Queued:
            return LineMark::State::Queued;
        case playback::PartState::Rendering:
            return LineMark::State::Rendering;
        case playback::PartState::Done:
            return LineMark::State::Done;
        case playback::PartState::Stale:
            return LineMark::State::Stale;
        case playback::PartState::Failed:
            return LineMark::State::Failed;
    }
    return LineMark::State::None;
}

std::string stateText (const TimelineClip& clip)
{
    if (clip.state == playback::PartState::Missing)
        return "Not rendered yet";
    if (clip.state == playback::PartState::Failed)
        return clip.reason.empty() ? "Not rendered" : clip.reason;
    return wordsFor (markOf (clip));
}
} // namespace

LineMark markOf (const TimelineClip& clip)
{
    return { .state = stateOf (clip.state),
             .progress = (float) clip.fraction(),
             .tip = clip.state == playback::PartState::Failed    ? clip.reason
                    : clip.state == playback::PartState::Loading ? "Being read from the disk"
                                                                 : "" };
}

std::string anchorText (const TimelineClip& clip, const HostMusic& music)
{
    if (! clip.isAnchored())
        return {};
    if (const auto* const place = std::get_if<project::AtSeconds> (&*clip.first->anchor))
        return "Stays at " + timeText (place->seconds, 3);
    const auto text = barText (std::get<project::AtBeats> (*clip.first->anchor).quarters, music);
    const auto dot = text.find ('.');
    return "Stays at bar " + text.substr (0, dot) +
           (dot == text.npos ? std::string() : ", beat " + text.substr (dot + 1));
}

std::string describe (const TimelineClip& clip, const std::string& speaker, const HostMusic& music)
{
    auto text = speaker + ": " + clip.title();
    if (! text.ends_with ('.') && ! text.ends_with ('?') && ! text.ends_with ('!'))
        text += '.';
    text += " At " + timeText (clip.start, 1) + ", " + timeText (clip.length, 1) + " long. " +
            stateText (clip) + '.';
    const auto anchor = anchorText (clip, music);
    return anchor.empty() ? text : text + ' ' + anchor + '.';
}

std::string tipFor (const TimelineClip& clip, const std::string& speaker, const HostMusic& music)
{
    auto text = speaker + ": " + clip.title();
    if (clip.lineCount > 1)
        text += "\n" + std::to_string (clip.lineCount) + " lines, spoken together";
    text += "\n" + stateText (clip);
    const auto anchor = anchorText (clip, music);
    return anchor.empty() ? text : text + "\n" + anchor;
}
} // namespace tableread::plugin
