// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "Editor/Timeline/Model/Model.h"
#include "Playback/Timing.h"
#include "Project/LineIds.h"

namespace tableread::test
{
/** Speech as far as a waveform goes: a few syllables a second, with pauses. */
inline std::vector<float> likeSpeech (std::int64_t samples, unsigned seed = 1)
{
    std::vector<float> speech ((std::size_t) samples);
    unsigned noise = seed;
    for (std::size_t i = 0; i < speech.size(); ++i)
    {
        noise = noise * 1'664'525u + 1'013'904'223u;
        const auto time = (float) i / (float) modelSampleRateHz;
        const auto syllable = std::fabs (std::sin (time * 9.0f + (float) seed)) *
                              std::fabs (std::sin (time * 2.3f + (float) (seed % 7)));
        speech[i] = syllable * syllable * 0.7f * ((float) (noise >> 8) / 8'388'608.0f - 1.0f);
    }
    return speech;
}

/** A document and how it plays, without an engine: every part is two seconds long, unless it is told otherwise. */
struct TimelineScene
{
    explicit TimelineScene (const std::string& script)
        : document (std::make_shared<project::Document> (project::withScript ({}, script).value()))
    {
        layOut();
    }

    /** Places all parts as the stage does; states and takes stay. */
    void layOut()
    {
        const auto passages = project::passagesOf (*document);
        auto timeline = playback::timelineOf (*document, passages, beat);
        auto next = std::make_shared<playback::View>();
        for (std::size_t i = 0; i < timeline.items.size(); ++i)
            timeline.items[i].estimate = modelSamplesOf (i < lengthsMs.size() ? lengthsMs[i] : 2000);
        const auto places = placesOf (timeline);
        for (const auto& place : places)
        {
            playback::PartView part;
            part.line = place.line;
            part.place = place;
            if (view != nullptr)
                for (const auto& former : view->parts)
                    if (former.line == part.line)
                    {
                        part.state = former.state;
                        part.reason = former.reason;
                        part.take = former.take;
                    }
            next->parts.push_back (std::move (part));
        }
        next->end = endOf (timeline, places);
        view = std::move (next);
    }

    void apply (const project::Edit& edit)
    {
        document = std::make_shared<project::Document> (project::apply (*document, edit).value());
        layOut();
    }

    /** Another view in which one part is changed. */
    template <typename Change>
    void change (std::size_t index, const Change& change)
    {
        auto next = std::make_shared<playback::View> (*view);
        change (next->parts[index]);
        view = std::move (next);
    }

    /** Gives a part a take with so much of its speech. @returns it, to grow. */
    std::shared_ptr<Take> speak (std::size_t index, double fraction,
                                 playback::PartState state = playback::PartState::Rendering)
    {
        auto take = std::make_shared<Take>();
        change (index, [&] (playback::PartView& part) {
            take->begin ("test");
            take->append (likeSpeech ((std::int64_t) ((double) part.place.length.value * fraction),
                                      (unsigned) index + 1));
            if (state == playback::PartState::Done || state == playback::PartState::Stale)
                take->finish();
            part.take = take;
            part.state = state;
        });
        return take;
    }

    plugin::TimelineInput input (double playhead = 0.0, bool isPlaying = false) const
    {
        return { document, view, playhead, isPlaying, music };
    }

    project::LineId line (std::size_t index) const { return document->lines[index]->id; }

    std::shared_ptr<const project::Document> document;
    std::shared_ptr<const playback::View> view;
    std::optional<plugin::HostMusic> music;
    playback::HostBeat beat;
    std::vector<int> lengthsMs; // of the first parts
};

/** A model that shows a scene, at 100 pixels a second and 1000 wide, and what it wants to edit. */
struct ShownTimeline
{
    explicit ShownTimeline (const std::string& script) : scene (script)
    {
        model.onEdit = [this] (const project::Edit& edit) { edits.push_back (edit); };
        model.setWidth (1000.0);
        show();
        model.zoom (100.0 / model.scale().pixelsPerSecond(), 0.0);
        model.scrollTo (0.0);
    }

    plugin::TimelineModel::News show (double playhead = 0.0, bool isPlaying = false)
    {
        return model.show (scene.input (playhead, isPlaying));
    }

    /** Does the last edit. */
    void accept()
    {
        scene.apply (edits.back());
        show();
    }

    const plugin::TimelineClip& clip (std::size_t index) const { return model.clips().all()[index]; }

    /** Drags a clip so that it begins at a second, if it snaps to nothing. */
    void drag (std::size_t index, double seconds, bool isFree = false)
    {
        model.beginDrag (scene.line (index));
        model.dragTo (seconds, isFree);
        model.endDrag();
    }

    TimelineScene scene;
    plugin::TimelineModel model;
    std::vector<project::Edit> edits;
};
} // namespace tableread::test
