// SPDX-License-Identifier: Apache-2.0
#include "Playback/Repertoire.h"

#include <algorithm>
#include <utility>

namespace tableread::playback
{
namespace
{
PartState stateOf (const Take& take)
{
    switch (take.state())
    {
        case TakeState::Queued:
            return PartState::Queued;
        case TakeState::Rendering:
            return PartState::Rendering;
        case TakeState::Done:
            return PartState::Done;
        case TakeState::Failed:
            return PartState::Failed;
        case TakeState::Cancelled:
            break;
    }
    return PartState::Missing;
}

/** Not only for the moment. */
bool isGone (const Error& why)
{
    return why.code == ErrorCode::NotFound || why.code == ErrorCode::InvalidInput;
}
} // namespace

std::string whyItFailed (const Take& take)
{
    auto error = take.error();
    if (error.where == "input" || error.where.starts_with ("voice") || error.where.starts_with ("tableread."))
        error.where.clear();
    if (const auto call = error.message.find (" GET /"); call != std::string::npos)
        error.message.resize (call);
    return error.text();
}

void Repertoire::play (Score next)
{
    if (next.opening != parts.opening) // it is to be told of all that it plays
    {
        told.clear();
        for (auto& [name, holding] : byName)
            holding.isHandedOn = false;
    }
    parts = std::move (next);
    playing.assign (parts.parts.size(), {});
}

void Repertoire::match (const std::function<void (const Take&)>& abandon)
{
    std::set<std::string> names;
    for (const auto& part : parts.parts)
        names.insert (part.name);
    for (auto* const some : { &forgiven, &told, &again })
        std::erase_if (*some, [&] (const auto& name) { return ! names.contains (name); });
    for (std::size_t i = 0; i < playing.size(); ++i)
        playing[i] = entryOf (parts.parts[i]);
    // A take may have ended since pump(), which leaves those alone that are Done.
    for (const auto& entry : playing)
        if (entry.holding != nullptr && entry.holding->audio != nullptr)
            entry.holding->audio->pump();
    release (abandon);
}

Repertoire::Entry Repertoire::entryOf (const Part& part)
{
    if (part.known)
    {
        const auto& audio = part.known->audio;
        if (const auto found = byAudio.find (audio); found != byAudio.end())
            return { &found->second, part.isStale ? PartState::Stale : PartState::Done };
        const auto broken = unreadable.find (audio);
        if (broken == unreadable.end())
            return { nullptr, PartState::Loading };
        if (part.isStale) // rendered again it would be another
            return { nullptr, PartState::Failed,
                     isGone (broken->second) ? part.ifLost : broken->second.text() };
    }
    if (auto* const asked = askedFor (part))
        return { asked, stateOf (*asked->take),
                 asked->take->state() == TakeState::Failed ? whyItFailed (*asked->take) : std::string() };
    if (! part.failure.empty() && (! part.canBeAsked || ! forgiven.contains (part.name)))
        return { nullptr, PartState::Failed, part.failure };
    return {};
}

Repertoire::Holding* Repertoire::askedFor (const Part& part)
{
    const auto found = byName.find (part.name);
    if (found == byName.end())
        return nullptr;
    const auto& take = *found->second.take;
    // One that another engine began is asked for from its start, once.
    const bool isBegunByAnother = take.state() == TakeState::Failed &&
                                  take.error().code == ErrorCode::Conflict && again.insert (part.name).second;
    if (take.state() != TakeState::Cancelled && ! isBegunByAnother)
        return &found->second;
    byName.erase (found);
    return nullptr;
}

void Repertoire::release (const std::function<void (const Take&)>& abandon)
{
    std::set<const Holding*> used;
    std::set<const Take*> takes; // that are played; their score may be about to know them by their hashes
    for (const auto& entry : playing)
    {
        used.insert (entry.holding);
        if (entry.holding != nullptr)
            takes.insert (entry.holding->take.get());
    }
    std::erase_if (byName, [&] (const auto& each) {
        const auto& holding = each.second;
        const bool isBeingKept = holding.isHandedOn && ! holding.isKept;
        if (used.contains (&holding) || isBeingKept)
            return false;
        if (! holding.take->isFinal())
            abandon (*holding.take);
        return true;
    });
    std::erase_if (byAudio, [&] (const auto& each) {
        return ! takes.contains (each.second.take.get()) && each.second.isKept;
    });
}

std::shared_ptr<Take> Repertoire::ask (std::size_t index)
{
    auto& holding = byName[parts.parts[index].name];
    holding = { .take = std::make_shared<Take>(), .isAsked = true };
    told.erase (parts.parts[index].name);
    for (std::size_t i = 0; i < playing.size(); ++i)
        if (playing[i].state == PartState::Missing && parts.parts[i].name == parts.parts[index].name)
            playing[i] = { &holding, PartState::Queued };
    return holding.take;
}

void Repertoire::forget (std::size_t index)
{
    for (const auto* const holding = playing[index].holding; auto& entry : playing)
        if (entry.holding == holding && holding != nullptr)
            entry = {};
    byName.erase (parts.parts[index].name);
}

void Repertoire::retryAll()
{
    for (std::size_t i = 0; i < playing.size(); ++i)
        retryAt (i);
}

void Repertoire::retry (std::uint64_t line)
{
    for (std::size_t i = 0; i < playing.size(); ++i)
        if (parts.parts[i].item.line == line)
            retryAt (i);
}

bool Repertoire::isUnreached (std::size_t index) const
{
    const auto* const holding = playing[index].holding;
    const auto& known = parts.parts[index].known;
    if (holding == nullptr)
        return known && unreadable.contains (known->audio);
    return holding->take->state() == TakeState::Failed && holding->take->fault() == Take::Fault::Engine;
}

bool Repertoire::retryUnreached()
{
    bool isAny = false;
    for (std::size_t i = 0; i < playing.size(); ++i)
    {
        if (! isUnreached (i))
            continue;
        isAny = true;
        if (playing[i].holding == nullptr)
            unreadable.erase (parts.parts[i].known->audio);
        else
            retryAt (i);
    }
    return isAny;
}

void Repertoire::retryAt (std::size_t index)
{
    const auto& part = parts.parts[index];
    if (playing[index].state != PartState::Failed)
        return;
    forgiven.insert (part.name);
    again.erase (part.name);
    if (part.known)
        unreadable.erase (part.known->audio);
    forget (index);
}

std::vector<const Part*> Repertoire::toLoad (std::span<const std::size_t> order, std::size_t most)
{
    std::vector<const Part*> wanted;
    for (const auto index : order)
    {
        const auto& part = parts.parts[index];
        if (loading.size() >= most)
            break;
        if (playing[index].state == PartState::Loading && loading.insert (part.known->audio).second)
            wanted.push_back (&part);
    }
    return wanted;
}

void Repertoire::loaded (const std::string& audio, Result<std::shared_ptr<Take>> take)
{
    loading.erase (audio);
    if (take)
        byAudio[audio] = { .take = std::move (*take), .isKept = true };
    else
        unreadable[audio] = take.error();
}

std::vector<FinishedTake> Repertoire::finished()
{
    std::vector<FinishedTake> all;
    for (std::size_t i = 0; i < playing.size(); ++i)
    {
        auto* const holding = playing[i].holding;
        if (holding == nullptr || ! holding->isAsked || holding->take->state() != TakeState::Done ||
            std::exchange (holding->isHandedOn, true))
            continue;
        const auto& part = parts.parts[i];
        all.push_back ({ holding->take, part.item.line, part.name, part.request, parts.opening });
    }
    return all;
}

void Repertoire::kept (const KeptTake& take)
{
    const auto found = byName.find (take.finished.name);
    if (found == byName.end() || found->second.take != take.finished.take)
        return;
    found->second.isKept = ! take.loss;
    auto& whole = byAudio[take.audio];
    if (whole.take == nullptr)
        whole = found->second;
    whole.isAsked = false;
    unreadable.erase (take.audio);
    if (take.loss) // the copy under the hash is what stays
        found->second.isKept = true;
}

std::vector<std::size_t> Repertoire::failed()
{
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < playing.size(); ++i)
        if (playing[i].holding != nullptr && playing[i].state == PartState::Failed &&
            told.insert (parts.parts[i].name).second)
            all.push_back (i);
    return all;
}

void Repertoire::setRate (double hertz)
{
    rate = hertz;
    for (auto* const takes : { &byName, &byAudio })
        for (auto& [key, holding] : *takes)
            holding.audio = nullptr;
}

bool Repertoire::pump()
{
    bool isOther = false;
    for (std::size_t i = 0; i < playing.size(); ++i)
    {
        auto& entry = playing[i];
        if (entry.state != PartState::Queued && entry.state != PartState::Rendering)
            continue;
        const auto state = stateOf (*entry.holding->take);
        if (entry.holding->audio != nullptr)
            entry.holding->audio->pump();
        isOther = isOther || state != entry.state;
    }
    return isOther;
}

/** @returns whether it has audio now, and had none; perhaps without a sample yet, but its length is known. */
bool Repertoire::prepare (Entry& entry) const
{
    if (entry.holding->audio != nullptr)
        return false;
    auto audio = HostAudio::prepare (entry.holding->take, rate);
    if (audio)
        entry.holding->audio = std::move (*audio);
    else
        entry = { entry.holding, PartState::Failed, audio.error().text() };
    return audio.has_value();
}

bool Repertoire::hostOne (std::span<const std::size_t> order)
{
    const auto soon = (std::int64_t) (soonSeconds * rate);
    const auto lengthOf = [this] (const Holding& holding) {
        return toHost ({ holding.take->audio().rendered() }, rate).value;
    };
    bool isAnyNew = false;
    std::int64_t ahead = 0, held = 0;
    Entry* next = nullptr;
    ++looks;
    for (const auto index : order)
    {
        auto& entry = playing[index];
        if (entry.holding == nullptr || entry.state == PartState::Failed)
            continue;
        isAnyNew = prepare (entry) || isAnyNew;
        auto& holding = *entry.holding;
        if (holding.audio == nullptr || std::exchange (holding.lookedAt, looks) == looks)
            continue;
        if (ahead < soon)
            holding.soonAt = looks;
        ahead += lengthOf (holding);
        held += holding.audio->copied();
        if (next == nullptr && ! holding.audio->hasBegun())
            next = &entry;
    }
    hasUnhosted = next != nullptr;
    if (next == nullptr)
        return isAnyNew;
    auto& holding = *next->holding;
    held += lengthOf (holding);
    if (holding.soonAt != looks && held > mostHosted)
        return isAnyNew;
    if (const auto begun = holding.audio->begin(); begun)
        holding.audio->pump();
    else
        *next = { next->holding, PartState::Failed, begun.error().text() };
    makeRoom (held);
    return true;
}

/** Of those that hostOne() has just looked at, lets the samples of some go: the first are those that were to be heard soon the
    longest time ago. A growing take keeps its own. */
void Repertoire::makeRoom (std::int64_t held)
{
    while (held > mostHosted)
    {
        Entry* oldest = nullptr;
        for (auto& entry : playing)
            if (entry.holding != nullptr && entry.holding->lookedAt == looks &&
                entry.holding->soonAt != looks && entry.holding->audio->copied() > 0 &&
                entry.holding->audio->isComplete() &&
                (oldest == nullptr || entry.holding->soonAt < oldest->holding->soonAt))
                oldest = &entry;
        if (oldest == nullptr)
            return;
        held -= oldest->holding->audio->copied();
        oldest->holding->audio = nullptr;
        prepare (*oldest);
    }
}
} // namespace tableread::playback
