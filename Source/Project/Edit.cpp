// SPDX-License-Identifier: Apache-2.0
#include "Project/Edit.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "Passage/Names.h"
#include "Project/LineIds.h"
#include "Project/Lookup.h"
#include "Project/Moving.h"
#include "Project/Passages.h"
#include "Project/Requests.h"

namespace tableread::project
{
namespace
{
constexpr double mostSeconds = 1e6, mostQuarters = 1e7; // of an anchor, also before 0
constexpr int mostGapMs = 600'000;                      // as of a pause
constexpr int mostSteps = 1000;                         // as a request can ask for
constexpr int mostPatienceSeconds = 3600;
constexpr float mostGuidance = 100.0f;
constexpr int mostBus = 16;
constexpr double leastGainDb = -60.0, mostGainDb = 24.0;
constexpr std::uint32_t mostColour = 0xffffff;

tl::unexpected<Error> impossible (std::string message)
{
    return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (message), {} });
}

constexpr const char* noSuchLine = "the line is not in the script.";
constexpr const char* tooFar = "the place is too far away from the beginning.";
constexpr const char* noSuchTake = "the take is not in this project.";

template <typename Change>
Result<Document> withLine (const Document& before, LineId id, const Change& change)
{
    const auto place = placeOf (before, id);
    if (! place)
        return impossible (noSuchLine);
    auto after = before;
    alter (after.lines[*place], change);
    return after;
}

/** The passage that a line belongs to: in its first line stands what is locked or chosen of it. */
Result<PassageView> passageOf (const Document& document, LineId id)
{
    const auto place = placeOf (document, id);
    if (! place)
        return impossible (noSuchLine);
    const auto passages = passagesOf (document);
    return passageWith (passages, *place);
}

bool isPossible (const Anchor& anchor)
{
    const auto* const seconds = std::get_if<AtSeconds> (&anchor);
    return seconds != nullptr ? std::abs (seconds->seconds) <= mostSeconds
                              : std::abs (std::get<AtBeats> (anchor).quarters) <= mostQuarters;
}

Result<Document> applied (const Document& before, const SetScript& edit)
{
    return edit.text == *before.script ? before : withScript (before, edit.text);
}

Result<Document> applied (const Document& before, const MoveLines& edit)
{
    return withMovedLines (before, edit);
}

Result<Document> applied (const Document& before, const SetJoined& edit)
{
    return withLine (before, edit.line, [&] (Line& line) { line.joinsPrevious = edit.joinsPrevious; });
}

Result<Document> applied (const Document& before, const SetAnchors& edit)
{
    auto after = before;
    const auto places = placesOfLines (before);
    for (const auto& each : edit.anchors)
    {
        const auto found = places.find (each.line.value);
        if (found == places.end())
            return impossible (noSuchLine);
        if (each.anchor && ! isPossible (*each.anchor))
            return impossible (tooFar);
        alter (after.lines[found->second], [&] (Line& line) { line.anchor = each.anchor; });
    }
    return after;
}

Result<Document> applied (const Document& before, const SetAnchor& edit)
{
    return applied (before, SetAnchors { { edit } });
}

Result<Document> applied (const Document& before, const SetLocked& edit)
{
    const auto passage = passageOf (before, edit.line);
    if (! passage)
        return tl::unexpected (passage.error());
    auto after = before;
    auto& line = after.lines[passage->first];
    if (line->isLocked == edit.isLocked)
        return after;
    const auto choice = choiceOf (before, *passage);
    alter (line, [&] (Line& each) {
        each.isLocked = edit.isLocked;
        if (edit.isLocked && choice.take != nullptr)
            each.chosen = choice.take->id;
        else if (! edit.isLocked && choice.isStale)
            each.chosen = {};
    });
    return after;
}

Result<Document> applied (const Document& before, const Reroll& edit)
{
    const auto passages = passagesOf (before);
    std::set<std::size_t> firstLines;
    const auto places = placesOfLines (before);
    for (const auto id : edit.lines)
        if (const auto found = places.find (id.value); found != places.end())
            firstLines.insert (passageWith (passages, found->second).first);
        else
            return impossible (noSuchLine);
    auto after = before;
    bool isAny = firstLines.empty();
    for (const auto place : firstLines)
        if (auto& line = after.lines[place]; ! line->isLocked)
        {
            alter (line, [] (Line& each) {
                ++each.reroll;
                each.chosen = {};
            });
            isAny = true;
        }
    if (! isAny)
        return impossible ("a locked line keeps its take. Unlock it first.");
    return after;
}

Result<Document> applied (const Document& before, const ChooseTake& edit)
{
    const auto passage = passageOf (before, edit.line);
    if (! passage)
        return tl::unexpected (passage.error());
    auto after = before;
    auto& line = after.lines[passage->first];
    if (line->chosen == edit.take)
        return after;
    if (line->isLocked)
        return impossible ("a locked line keeps its take. Unlock it first.");
    if (edit.take)
    {
        const auto found = placeOf (before, edit.take);
        if (! found)
            return impossible (noSuchTake);
        const auto& take = *before.takes[*found];
        const auto begin = before.lines.begin() + (std::ptrdiff_t) passage->first;
        const bool isOwn = std::any_of (begin, begin + (std::ptrdiff_t) passage->count,
                                        [&] (const auto& each) { return each->id == take.line; });
        if (! isOwn && take.request != nameOf (before, *passage, take.seed))
            return impossible ("the take is of another line.");
        if (! isWhole (take))
            return impossible ("the take has no audio to its end.");
    }
    alter (line, [&] (Line& each) { each.chosen = edit.take; });
    return after;
}

Result<Document> applied (const Document& before, const PinTake& edit)
{
    const auto place = placeOf (before, edit.take);
    if (! place)
        return impossible (noSuchTake);
    auto after = before;
    alter (after.takes[*place], [&] (TakeRecord& take) { take.isPinned = edit.isPinned; });
    return after;
}

Result<void> checkMoods (const Member& member)
{
    std::set<std::string> directions;
    for (const auto& mood : member.moods)
    {
        if (directions.empty() != mood.direction.empty())
            return impossible ("the first voice of \"" + member.speaker +
                               "\" is the one without a direction, and no other.");
        if (! directions.insert (foldedName (mood.direction)).second)
            return impossible ("\"" + member.speaker + "\" has two voices for \"" + mood.direction + "\".");
        if (mood.voice == VoiceReference {})
            return impossible ("a voice of \"" + member.speaker + "\" has neither a name nor a recording.");
        if (! mood.voice.path.empty() && ! mood.voice.path.is_absolute())
            return impossible ("\"" + mood.voice.path.string() + "\" is a relative path.");
    }
    return {};
}

Result<void> checkMember (const Member& member)
{
    if (foldedName (member.speaker).empty())
        return impossible ("a speaker has a name.");
    if (member.isChosen && member.moods.empty())
        return impossible ("no voice is given for \"" + member.speaker + "\".");
    if (member.colour > mostColour || member.bus < 0 || member.bus > mostBus)
        return impossible ("a colour has 24 bits, and there are " + std::to_string (mostBus) + " buses.");
    if (! (member.gainDb >= leastGainDb && member.gainDb <= mostGainDb))
        return impossible ("a gain is -60 dB to 24 dB.");
    return checkMoods (member);
}

/** The contents that are known of the same recordings. */
void keepContents (Member& member, const Member& former)
{
    for (auto& mood : member.moods)
        if (mood.content.empty())
            for (const auto& known : former.moods)
                if (known.voice == mood.voice)
                    mood.content = known.content;
}

void putMember (Document& document, const Member& wanted)
{
    auto member = std::make_shared<Member> (wanted);
    const auto place = memberPlace (document, member->speaker);
    const auto former = place ? *document.cast[*place] : Member {};
    if (! member->isChosen)
        member->moods = former.isChosen ? std::vector<Mood>() : former.moods;
    keepContents (*member, former);
    if (place)
        document.cast[*place] = std::move (member);
    else
        document.cast.push_back (std::move (member));
}

Result<Document> applied (const Document& before, const SetMembers& edit)
{
    auto after = before;
    for (const auto& member : edit.members)
    {
        if (const auto checked = checkMember (member); ! checked)
            return tl::unexpected (checked.error());
        putMember (after, member);
    }
    const auto known = [] (const Document& document) {
        return importOptionsOf (document).rules.knownSpeakers;
    };
    return known (after) == known (before) ? after : withScript (after, *after.script);
}

Result<Document> applied (const Document& before, const SetMember& edit)
{
    return applied (before, SetMembers { { edit.member } });
}

Result<Document> applied (const Document& before, const SetSettings& edit)
{
    const auto& guidance = edit.settings.guidanceScale;
    if (guidance && ! (*guidance >= 0.0f && *guidance <= mostGuidance))
        return impossible ("the guidance scale is 0 to 100.");
    if (edit.settings.steps < 1 || edit.settings.steps > mostSteps)
        return impossible ("there are 1 to " + std::to_string (mostSteps) + " steps.");
    const auto& gaps = edit.settings.gaps;
    for (const int gap : { gaps.lineMs, gaps.speakerMs, gaps.sceneMs })
        if (gap < 0 || gap > mostGapMs)
            return impossible ("a gap is 0 to " + std::to_string (mostGapMs) + " ms.");
    const auto patience = edit.settings.patienceSeconds.value_or (1);
    if (patience < 1 || patience > mostPatienceSeconds)
        return impossible ("a bounce waits 1 to " + std::to_string (mostPatienceSeconds) +
                           " s without progress.");
    auto after = before;
    after.settings = edit.settings;
    after.settings.host = before.settings.host;
    return after;
}

/** Takes back choices of takes that their passages no longer ask for, but not one that this edit made. */
void dropOutdatedChoices (const Document& before, Document& after)
{
    const auto isOpen = [] (const auto& line) { return line->chosen && ! line->isLocked; };
    if (std::none_of (after.lines.begin(), after.lines.end(), isOpen))
        return;
    std::unordered_map<std::uint64_t, PassageView> former;
    for (auto& passage : passagesOf (before))
        if (const auto& line = before.lines[passage.first]; line->chosen)
            former.emplace (line->id.value, std::move (passage));
    for (const auto& passage : passagesOf (after))
    {
        auto& line = after.lines[passage.first];
        const auto found = isOpen (line) ? former.find (line->id.value) : former.end();
        if (found == former.end() || before.lines[found->second.first]->chosen != line->chosen)
            continue;
        constexpr std::uint64_t anySeed = 0;
        if (nameOf (before, found->second, anySeed) != nameOf (after, passage, anySeed))
            alter (line, [] (Line& each) { each.chosen = {}; });
    }
}

struct NameOfEdit
{
    const Document& before;

    const char* operator() (const SetScript&) const { return "Edit Script"; }
    const char* operator() (const MoveLines&) const { return "Move Lines"; }
    const char* operator() (const SetJoined& edit) const
    {
        return edit.joinsPrevious ? "Join Passages" : "Split Passage";
    }
    const char* operator() (const SetAnchor& edit) const
    {
        return edit.anchor ? "Place Line" : "Release Line";
    }
    const char* operator() (const SetAnchors& edit) const
    {
        return ! edit.anchors.empty() && edit.anchors.front().anchor ? "Place Lines" : "Release Lines";
    }
    const char* operator() (const SetLocked& edit) const
    {
        return edit.isLocked ? "Lock Line" : "Unlock Line";
    }
    const char* operator() (const Reroll&) const { return "New Take"; }
    const char* operator() (const ChooseTake&) const { return "Choose Take"; }
    const char* operator() (const PinTake& edit) const { return edit.isPinned ? "Pin Take" : "Unpin Take"; }
    const char* operator() (const SetMember&) const { return "Change Cast"; }
    const char* operator() (const SetMembers&) const { return "Load Cast"; }
    const char* operator() (const SetSettings& edit) const
    {
        const auto& from = before.settings;
        const auto& to = edit.settings;
        if (from.gaps != to.gaps)
            return "Change Gaps";
        if (from.playsSlate != to.playsSlate)
            return to.playsSlate ? "Turn Slate On" : "Turn Slate Off";
        if (from.patienceSeconds != to.patienceSeconds)
            return "Change Patience";
        if (from.seed != to.seed)
            return "Change Seed";
        return from.engine != to.engine ? "Choose Engine" : "Change Settings";
    }
};
} // namespace

Result<Document> apply (const Document& before, const Edit& edit)
{
    auto after = std::visit ([&] (const auto& each) { return applied (before, each); }, edit);
    if (after)
        dropOutdatedChoices (before, *after);
    return after;
}

const char* nameOf (const Document& before, const Edit& edit)
{
    return std::visit (NameOfEdit { before }, edit);
}
} // namespace tableread::project
