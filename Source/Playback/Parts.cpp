// SPDX-License-Identifier: Apache-2.0
#include "Playback/Parts.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "Project/Requests.h"

namespace tableread::playback
{
namespace
{
/** What is looked up for all parts of one document. */
class Composer
{
public:
    explicit Composer (const project::Document& source) : document (source), choices (source)
    {
        for (const auto& take : document.takes)
            if (take->state == project::TakeRecord::State::Failed)
                failures[take->request] = take->failure;
    }

    Part partOf (const project::PassageView& passage, TimelineItem item) const
    {
        Part part { .item = std::move (item),
                    .name = project::nameOf (document, passage),
                    .request = project::requestOf (document, passage) };
        if (const auto& anchor = document.lines[passage.first]->anchor)
            part.anchor = numberOf (*anchor);
        choose (part, choices.of (passage));
        return part;
    }

private:
    void choose (Part& part, const project::Choice& choice) const
    {
        if (choice.take != nullptr)
        {
            part.known = knownTake (*choice.take);
            part.isStale = choice.isStale;
            if (part.isStale)
                part.ifLost = project::staleTakeLost;
        }
        const auto& voices = part.request.voices;
        part.canBeAsked = std::find (voices.begin(), voices.end(), VoiceReference {}) == voices.end();
        if (! part.canBeAsked)
            part.failure =
                "a speaker of this line has no voice. Choose a recording, or a voice of the model.";
        else if (const auto found = failures.find (part.name); found != failures.end())
            part.failure = found->second;
    }

    static double numberOf (const project::Anchor& anchor)
    {
        const auto* const place = std::get_if<project::AtSeconds> (&anchor);
        return place != nullptr ? place->seconds : std::get<project::AtBeats> (anchor).quarters;
    }

    const project::Document& document;
    project::Choices choices;
    std::unordered_map<std::string_view, std::string> failures; // by the names of what was asked for
};
} // namespace

KnownTake knownTake (const project::TakeRecord& take)
{
    const bool isCut = take.state == project::TakeRecord::State::CutOff;
    return { take.audio, take.fingerprint, isCut ? Take::Ending::CutOff : Take::Ending::Whole, take.length };
}

Score scoreOfNone (const Error& why)
{
    constexpr ModelSamples anHour { 3'600LL * modelSampleRateHz };
    Score score;
    auto& part = score.parts.emplace_back();
    part.item.estimate = anHour;
    part.name = "none";
    part.failure = why.text();
    part.canBeAsked = false;
    return score;
}

Score scoreOf (const project::Document& document, const HostBeat& beat)
{
    const auto passages = project::passagesOf (document);
    auto timeline = timelineOf (document, passages, beat);
    Score score { .lanes = std::move (timeline.lanes),
                  .gaps = timeline.gaps,
                  .silenceAfter = timeline.silenceAfter,
                  .playsSlate = document.settings.playsSlate };
    score.parts.reserve (passages.size());
    const Composer composer (document);
    for (std::size_t i = 0; i < passages.size(); ++i)
        score.parts.push_back (composer.partOf (passages[i], std::move (timeline.items[i])));
    return score;
}
} // namespace tableread::playback
