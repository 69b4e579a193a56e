// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "Editor/Cast/Colours.h"
#include "Playback/Stage.h"
#include "Project/Document.h"

namespace tableread::plugin
{
/** A passage on the timeline. It is known by its first line. */
struct TimelineClip
{
    std::shared_ptr<const project::Line> first; // never null
    std::size_t lineCount = 1;
    std::size_t lane = 0;
    playback::PartState state = playback::PartState::Missing;
    std::string reason {};               // why it is Failed
    std::shared_ptr<const Take> take {}; // null: none yet
    double start = 0.0, length = 0.0;    // seconds; estimated until its take is whole
    double spoken = 0.0;                 // seconds that are rendered

    project::LineId line() const { return first->id; }
    double end() const { return start + length; }
    bool isAnchored() const { return first->anchor.has_value(); }

    /** Rendered, 0 to 1. */
    double fraction() const;

    /** Its first words, in one row. */
    std::string title() const;
};

/** Where one speaker's clips lie; they may overlap. */
struct TimelineLane
{
    std::string speaker {};
    SpeakerColour colour {};
    bool isSilent = false; // muted, or others are solo

    bool operator== (const TimelineLane&) const = default;
};

/** From the first clip of a scene to the last. */
struct SceneSpan
{
    int scene = 0; // of Document::scenes
    std::string title {};
    double start = 0.0, end = 0.0; // seconds
};

/** The clips of a document as it plays. Message thread. */
class TimelineClips
{
public:
    struct News
    {
        bool isOther = false;           // anything but the clips that have grown
        std::vector<std::size_t> grown; // of all()
    };

    /** Neither is null. What is in the document and not yet in the view has no place, and no clip. */
    News show (const std::shared_ptr<const project::Document>& document,
               const std::shared_ptr<const playback::View>& view);

    const std::vector<TimelineClip>& all() const { return clips; } // in the script's order
    const std::vector<TimelineLane>& lanes() const { return speakers; }
    const std::string& speakerOf (const TimelineClip& clip) const { return speakers[clip.lane].speaker; }

    /** In the script's order; none where the script has no titles of scenes. */
    const std::vector<SceneSpan>& scenes() const { return spans; }

    /** The clip's place in all(); empty if there is none. */
    std::optional<std::size_t> placeOf (project::LineId line) const;

    double begin() const { return first; } // of the earliest clip, at most 0; seconds
    double end() const { return last; }    // with the silence after the last

private:
    void readDocument();
    void readMutes();
    void readView();
    void readScenes();
    std::vector<std::size_t> grow();

    std::shared_ptr<const project::Document> document;
    std::shared_ptr<const playback::View> view;
    std::vector<TimelineClip> passages; // of the document: clips without what the view says
    std::unordered_map<std::uint64_t, std::size_t> passageOf;
    std::vector<TimelineLane> speakers;
    std::vector<TimelineClip> clips;
    std::vector<SceneSpan> spans;
    std::unordered_map<std::uint64_t, std::size_t> places;
    std::vector<std::size_t> growing; // of clips
    double first = 0.0, last = 0.0;
};
} // namespace tableread::plugin
