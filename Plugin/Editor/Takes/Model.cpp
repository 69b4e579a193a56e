// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Takes/Model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "Core/Units.h"
#include "Project/Lookup.h"
#include "Project/Requests.h"

namespace tableread::plugin
{
namespace
{
using project::TakeId;
using project::TakeRecord;

constexpr const char* staleRemark = "Made for other words, voices or settings";
constexpr const char* cutRemark = "Reached the length limit: its end may be missing";
constexpr const char* lockedReason = "A locked line keeps its take. Unlock it first.";
constexpr const char* nothingSelected = "Select a line first.";
constexpr const char* severalSelected = "Several lines are selected. Select one of them.";

double secondsOfSamples (std::int64_t samples)
{
    return (double) samples / (double) modelSampleRateHz;
}

TakeEntry entryFor (const TakeRecord& take)
{
    TakeEntry entry;
    entry.id = take.id;
    entry.seed = take.seed;
    entry.fingerprint = take.fingerprint;
    entry.seconds = secondsOfSamples (take.length.value);
    entry.isPinned = take.isPinned;
    switch (take.state)
    {
        case TakeRecord::State::Rendering:
            entry.state = TakeEntry::State::Waiting;
            entry.fraction = 0.0;
            break;
        case TakeRecord::State::CutOff:
            entry.remark = cutRemark;
            break;
        case TakeRecord::State::Failed:
            entry.state = TakeEntry::State::Failed;
            entry.remark = take.failure;
            break;
        case TakeRecord::State::Done:
            break;
    }
    return entry;
}

/** The state of what is on its way; empty: nothing is. */
std::optional<TakeEntry::State> comingState (playback::PartState state)
{
    switch (state)
    {
        case playback::PartState::Loading:
            return TakeEntry::State::Loading;
        case playback::PartState::Queued:
            return TakeEntry::State::Waiting;
        case playback::PartState::Rendering:
            return TakeEntry::State::Rendering;
        case playback::PartState::Failed:
            return TakeEntry::State::Failed;
        case playback::PartState::Missing:
        case playback::PartState::Done:
        case playback::PartState::Stale:
            break;
    }
    return {};
}

bool hasAudio (const TakeEntry& entry)
{
    return entry.id && (entry.state == TakeEntry::State::Done || entry.state == TakeEntry::State::Loading);
}

/** Why a line cannot be in one passage with those before it; empty: there may be too many voices or lines. */
const char* whyApart (const project::Line& line, const project::Line& before)
{
    if (line.pauseBeforeMs != 0)
        return "There is a pause before this line, which a joined passage would not have.";
    if (line.anchor)
        return "This line has a place of its own on the timeline. Release it first.";
    if (line.scene != before.scene)
        return "A scene begins here, and a passage is of one scene.";
    return "";
}
} // namespace

TakesModel::TakesModel() : document (std::make_shared<const project::Document>())
{}

void TakesModel::show (std::shared_ptr<const project::Document> newDocument,
                       const std::shared_ptr<const playback::View>& view, std::vector<project::LineId> lines)
{
    document = std::move (newDocument);
    passage = {};
    hasOthers = false;
    all.clear();
    const auto places = project::placesOfLines (*document);
    std::erase_if (lines, [&] (project::LineId id) { return ! places.contains (id.value); });
    selected = std::move (lines);
    if (selected.empty())
        return;
    place = places.at (selected.front().value);
    passage = passageWith (passagesOf (*document), place);
    hasOthers = std::ranges::any_of (selected, [&] (project::LineId id) {
        const auto at = places.at (id.value);
        return at < passage.first || at >= passage.first + passage.count;
    });
    addTakes();
    const auto part = std::find_if (view->parts.begin(), view->parts.end(),
                                    [this] (const auto& each) { return each.line == first().id.value; });
    if (part != view->parts.end())
        addComing (*part);
    std::reverse (all.begin(), all.end());
}

/** Oldest first. */
void TakesModel::addTakes()
{
    const auto begin = document->lines.begin() + (std::ptrdiff_t) passage.first;
    const auto end = begin + (std::ptrdiff_t) passage.count;
    const auto wanted = nameOf (*document, passage);
    const auto heard = choiceOf (*document, passage).take;
    for (const auto& take : document->takes)
    {
        const bool isCurrent = take->request == wanted;
        if (! isCurrent &&
            std::none_of (begin, end, [&] (const auto& line) { return line->id == take->line; }))
            continue;
        auto entry = entryFor (*take);
        entry.number = all.size() + 1;
        entry.isCurrent = isCurrent;
        entry.isStale = ! isCurrent && isOutdated (*document, passage, *take);
        if (entry.isStale && entry.remark.empty())
            entry.remark = staleRemark;
        entry.isChosen = first().chosen == take->id;
        entry.isHeard = heard == take.get();
        all.push_back (std::move (entry));
    }
}

/** What the engine is asked for, or the store. */
void TakesModel::addComing (const playback::PartView& part)
{
    const auto state = comingState (part.state);
    if (! state)
        return;
    const auto known = std::find_if (all.begin(), all.end(), [&] (const TakeEntry& entry) {
        return *state == TakeEntry::State::Loading ? entry.isHeard
                                                   : entry.isCurrent && entry.state != TakeEntry::State::Done;
    });
    const bool isNew = known == all.end();
    auto& entry = isNew ? all.emplace_back() : *known;
    if (isNew)
    {
        entry.number = all.size();
        entry.seed = seedOf (*document, passage);
        entry.isCurrent = true;
    }
    entry.state = *state;
    entry.fraction = part.fraction();
    if (*state == TakeEntry::State::Failed)
        entry.remark = part.reason;
    else if (*state != TakeEntry::State::Loading)
        entry.remark.clear(); // of what had failed before
    if (part.take == nullptr)
        return;
    if (*state != TakeEntry::State::Loading)
        entry.seconds = secondsOfSamples (part.take->audio().rendered());
    if (auto engine = part.take->fingerprint(); ! engine.empty())
        entry.fingerprint = std::move (engine);
}

const project::Line& TakesModel::first() const
{
    return *document->lines[passage.first];
}

project::LineId TakesModel::passageLine() const
{
    return passage.count > 0 ? first().id : project::LineId {};
}

std::string TakesModel::title() const
{
    if (passage.count == 0)
        return {};
    const auto& last = *document->lines[passage.first + passage.count - 1];
    auto title = "Line " + std::to_string (first().sourceLine);
    if (passage.count > 1)
        title = "Lines " + std::to_string (first().sourceLine) + " to " + std::to_string (last.sourceLine);
    if (hasOthers)
        title = std::to_string (selected.size()) + " lines are selected.  " + title;
    return title + (first().isLocked ? ", locked  " : "  ") + first().speaker + ": " + first().text;
}

bool TakesModel::isLocked() const
{
    return passage.count > 0 && first().isLocked;
}

const TakeEntry* TakesModel::entryOf (TakeId take) const
{
    const auto found =
        std::find_if (all.begin(), all.end(), [&] (const auto& entry) { return entry.id == take; });
    return take && found != all.end() ? &*found : nullptr;
}

/** Why there is not one passage to act on; null: there is. */
const char* TakesModel::whyNotOne() const
{
    return passage.count == 0 ? nothingSelected : hasOthers ? severalSelected : nullptr;
}

TakeAction TakesModel::reroll() const
{
    if (passage.count == 0)
        return { {}, nothingSelected };
    const project::Edit edit = project::Reroll { selected };
    return project::apply (*document, edit) ? TakeAction { edit } : TakeAction { {}, lockedReason };
}

TakeAction TakesModel::newestAgain() const
{
    if (const auto* why = whyNotOne())
        return { {}, why };
    if (first().isLocked)
        return { {}, lockedReason };
    if (! first().chosen)
        return { {}, "No take is chosen: the newest one plays." };
    return { project::ChooseTake { first().id, {} } };
}

TakeAction TakesModel::toggleLock() const
{
    if (const auto* why = whyNotOne())
        return { {}, why };
    return { project::SetLocked { first().id, ! first().isLocked } };
}

TakeAction TakesModel::join() const
{
    if (const auto* why = whyNotOne())
        return { {}, why };
    if (passage.first == 0)
        return { {}, "There is no line before the first one." };
    if (const std::string why = whyApart (first(), *document->lines[passage.first - 1]); ! why.empty())
        return { {}, why };
    const project::Edit edit = project::SetJoined { first().id, true };
    const auto after = project::apply (*document, edit);
    if (! after || passageWith (passagesOf (*after), passage.first).first == passage.first)
        return { {}, "A passage has at most four voices." };
    return { edit };
}

TakeAction TakesModel::split() const
{
    if (const auto* why = whyNotOne())
        return { {}, why };
    if (passage.count == 1)
        return { {}, "The line is not joined with others." };
    if (place == passage.first)
        return { {}, "Select the line at which the passage is to be split." };
    return { project::SetJoined { selected.front(), false } };
}

TakeAction TakesModel::choose (TakeId take) const
{
    const auto* const entry = entryOf (take);
    if (entry == nullptr || ! hasAudio (*entry))
        return { {}, "Only a take that is complete can be chosen." };
    if (first().isLocked)
        return { {}, lockedReason };
    if (entry->isChosen)
        return { {}, "This take is chosen." };
    return { project::ChooseTake { first().id, take } };
}

TakeAction TakesModel::togglePin (TakeId take) const
{
    const auto* const entry = entryOf (take);
    if (entry == nullptr)
        return { {}, "Only a take that was rendered can be pinned." };
    return { project::PinTake { take, ! entry->isPinned } };
}

bool TakesModel::canHear (TakeId take) const
{
    const auto* const entry = entryOf (take);
    return entry != nullptr && hasAudio (*entry);
}

bool TakesModel::canRetry() const
{
    const bool isAnyHeard =
        std::any_of (all.begin(), all.end(), [] (const auto& each) { return each.isHeard; });
    return ! isAnyHeard && std::any_of (all.begin(), all.end(), [] (const TakeEntry& entry) {
        return entry.isCurrent && entry.state == TakeEntry::State::Failed;
    });
}

std::pair<TakeId, TakeId> TakesModel::comparison (TakeId other) const
{
    const auto heard =
        std::find_if (all.begin(), all.end(), [] (const auto& entry) { return entry.isHeard; });
    if (heard == all.end())
        return {};
    const auto* const wanted = entryOf (other);
    if (wanted != nullptr && hasAudio (*wanted) && ! wanted->isHeard)
        return { heard->id, other };
    const auto newest = std::find_if (all.begin(), all.end(),
                                      [] (const auto& entry) { return hasAudio (entry) && ! entry.isHeard; });
    return newest != all.end() ? std::pair (heard->id, newest->id) : std::pair<TakeId, TakeId>();
}

std::string titleOf (const TakeEntry& entry)
{
    auto title = "Take " + std::to_string (entry.number);
    if (entry.isHeard)
        title += ", plays now";
    if (entry.isChosen)
        title += ", chosen";
    if (entry.isPinned)
        title += ", pinned";
    return title;
}

std::string progressOf (const TakeEntry& entry)
{
    switch (entry.state)
    {
        case TakeEntry::State::Waiting:
            return "Waiting for the engine";
        case TakeEntry::State::Loading:
            return "Loading";
        case TakeEntry::State::Rendering:
            return "Rendering, " + std::to_string (std::lround (entry.fraction * 100.0)) + " %";
        case TakeEntry::State::Done:
        case TakeEntry::State::Failed:
            break;
    }
    return {};
}

std::string detailsOf (const TakeEntry& entry)
{
    auto details = "Seed " + std::to_string (entry.seed);
    if (! entry.fingerprint.empty())
        details += ", " + shortFingerprint (entry.fingerprint);
    return details;
}

std::string shortFingerprint (const std::string& fingerprint)
{
    constexpr std::size_t digits = 4;
    const auto content = fingerprint.rfind ('-');
    if (content == fingerprint.npos)
        return fingerprint;
    auto device = fingerprint.find ('-');
    if (fingerprint.starts_with ("cuda-") && device != content)
        device = fingerprint.find ('-', device + 1); // its architecture too
    return fingerprint.substr (0, device) + ' ' + fingerprint.substr (content + 1, digits);
}
} // namespace tableread::plugin
