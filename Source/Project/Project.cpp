// SPDX-License-Identifier: Apache-2.0
#include "Project/Project.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "Core/ContentHash.h"
#include "Passage/Names.h"
#include "Project/Casting.h"
#include "Project/Changes.h"
#include "Project/Lookup.h"
#include "Project/Steps.h"

namespace tableread::project
{
namespace
{
/** The line of the text, from 0, in which all of the difference is; empty if it holds the end of one. */
std::optional<std::size_t> editedRow (std::string_view before, std::string_view after)
{
    const auto shorter = std::min (before.size(), after.size());
    std::size_t begin = 0, end = 0;
    while (begin < shorter && before[begin] == after[begin])
        ++begin;
    while (end < shorter - begin && before[before.size() - 1 - end] == after[after.size() - 1 - end])
        ++end;
    for (const auto text : { before, after })
        if (text.substr (begin, text.size() - end - begin).find_first_of ("\r\n") != text.npos)
            return {};
    return (std::size_t) std::count (after.begin(), after.begin() + (std::ptrdiff_t) begin, '\n');
}

/** What every other part relies on. */
Document mended (Document document)
{
    if (document.script == nullptr)
        document.script = std::make_shared<const std::string>();
    auto& next = document.nextId;
    for (const auto& line : document.lines)
        next = std::max (next, line->id.value + 1);
    for (const auto& take : document.takes)
        next = std::max (next, take->id.value + 1);
    return document;
}

/** Changes the moods that have this voice. @returns whether there are any. */
bool changeMoods (Document& document, const VoiceReference& voice, const std::function<void (Mood&)>& change)
{
    const auto isMeant = [&] (const Mood& mood) { return mood.voice == voice; };
    bool isAny = false;
    for (auto& member : document.cast)
        if (std::any_of (member->moods.begin(), member->moods.end(), isMeant))
        {
            isAny = true;
            alter (member, [&] (Member& each) {
                for (auto& mood : each.moods)
                    if (isMeant (mood))
                        change (mood);
            });
        }
    return isAny;
}
} // namespace

struct Project::State
{
    explicit State (Document first, Clock ticking) : clock (std::move (ticking))
    {
        begin (std::move (first));
    }

    struct Entry
    {
        Listener listener;
        bool isGone = false;
    };

    struct Event
    {
        std::shared_ptr<const Document> document;
        Change change;
    };

    struct Typing
    {
        std::size_t row = 0;
        std::chrono::steady_clock::time_point last;
    };

    void begin (Document first);
    void set (Document next);
    void tell (Change change);
    bool restore (std::optional<Document> step);
    bool goesOnTyping (const SetScript* script);
    void hear (LineId line);
    void changeMoods (const VoiceReference& voice, const std::function<void (Mood&)>& change);
    bool isHeard (const Member& member) const { return heard.contains (foldedName (member.speaker)); }

    const Clock clock;
    std::recursive_mutex turn; // one change at a time, with its events; guards all but what is below `mutex`
    Steps steps { mostSteps };
    std::optional<Typing> typing;
    std::set<std::string> heard; // folded names of speakers who keep a given voice, because a take has it
    std::vector<std::shared_ptr<Entry>> listeners;
    std::deque<Event> events; // of which the listeners were not told yet
    bool isTelling = false;

    std::mutex mutex; // held only for moments; what it guards is changed by who also holds `turn`
    std::shared_ptr<const Document> document;
    std::uint64_t opening = 0;
    const char* undoName = "";
    const char* redoName = "";
};

void Project::State::begin (Document first)
{
    auto fresh = std::make_shared<const Document> (mended (std::move (first)));
    steps.clear();
    typing.reset();
    heard.clear();
    for (const auto& member : fresh->cast)
        if (! member->moods.empty())
            heard.insert (foldedName (member->speaker));
    const std::lock_guard lock (mutex);
    document = std::move (fresh);
    ++opening;
    undoName = redoName = "";
}

void Project::State::set (Document next)
{
    auto change = changesBetween (*document, next);
    auto fresh = std::make_shared<const Document> (std::move (next));
    {
        const std::lock_guard lock (mutex);
        document.swap (fresh);
        undoName = steps.undoName();
        redoName = steps.redoName();
    }
    tell (std::move (change));
}

/** In a listener: the event waits until all have been told of the one before. */
void Project::State::tell (Change change)
{
    events.push_back ({ document, std::move (change) });
    if (isTelling)
        return;
    isTelling = true;
    while (! events.empty())
    {
        const auto event = std::move (events.front());
        events.pop_front();
        const auto all = listeners;
        for (const auto& entry : all)
            if (! entry->isGone)
                entry->listener (event.document, event.change);
    }
    isTelling = false;
}

bool Project::State::restore (std::optional<Document> step)
{
    if (! step)
        return false;
    typing.reset();
    set (std::move (*step));
    return true;
}

/** Whether an edit, if it changes the text, belongs to the last step. */
bool Project::State::goesOnTyping (const SetScript* script)
{
    const auto before = std::exchange (typing, {});
    const auto row = script != nullptr ? editedRow (*document->script, script->text) : std::nullopt;
    if (! row)
        return false;
    typing = Typing { *row, clock() };
    return before && before->row == *row && typing->last - before->last <= std::chrono::seconds (1);
}

/** The voices of a take's speakers stay. */
void Project::State::hear (LineId line)
{
    const auto& lines = document->lines;
    const auto first = placeOf (*document, line);
    for (auto at = first.value_or (lines.size()); at < lines.size(); ++at)
        if (at == *first || lines[at]->joinsPrevious)
            heard.insert (foldedName (lines[at]->speaker));
        else
            break;
}

/** In all steps, too. */
void Project::State::changeMoods (const VoiceReference& voice, const std::function<void (Mood&)>& change)
{
    steps.changeCasts ([&] (Document& step) { project::changeMoods (step, voice, change); });
    auto next = *document;
    if (project::changeMoods (next, voice, change) && ! (next == *document))
        set (std::move (next));
}

Project::Project (Document first, Clock clock)
    : state (std::make_shared<State> (std::move (first), std::move (clock)))
{}

std::shared_ptr<const Document> Project::document() const
{
    const std::lock_guard lock (state->mutex);
    return state->document;
}

Project::Opened Project::opened() const
{
    const std::lock_guard lock (state->mutex);
    return { state->document, state->opening };
}

Result<void> Project::edit (const Edit& edit)
{
    const std::lock_guard lock (state->turn);
    const auto before = state->document;
    auto after = project::apply (*before, edit);
    if (! after)
        return tl::unexpected (after.error());
    if (*after == *before)
        return {};
    if (! state->goesOnTyping (std::get_if<SetScript> (&edit)))
        state->steps.add (nameOf (*before, edit), *before, *after);
    state->set (std::move (*after));
    return {};
}

std::string Project::undoName() const
{
    const std::lock_guard lock (state->mutex);
    return state->undoName;
}

std::string Project::redoName() const
{
    const std::lock_guard lock (state->mutex);
    return state->redoName;
}

bool Project::undo()
{
    const std::lock_guard lock (state->turn);
    return state->restore (state->steps.undo (*state->document));
}

bool Project::redo()
{
    const std::lock_guard lock (state->turn);
    return state->restore (state->steps.redo (*state->document));
}

void Project::setTake (TakeRecord take)
{
    const std::lock_guard lock (state->turn);
    const auto place = placeOf (*state->document, take.id);
    if (! place)
        return;
    const auto& former = *state->document->takes[*place];
    take.isPinned = former.isPinned; // by the user, perhaps since it was asked for
    if (former.line != take.line || former.request != take.request || former == take)
        return;
    auto next = *state->document;
    next.takes[*place] = std::make_shared<const TakeRecord> (std::move (take));
    state->set (std::move (next));
}

TakeId Project::addTake (TakeRecord take)
{
    const std::lock_guard lock (state->turn);
    auto next = *state->document;
    const TakeId id { next.nextId++ };
    take.id = id;
    take.isPinned = false;
    if (take.state != TakeRecord::State::Failed)
        state->hear (take.line);
    next.takes.push_back (std::make_shared<const TakeRecord> (std::move (take)));
    state->set (std::move (next));
    return id;
}

void Project::putTake (TakeRecord take, std::uint64_t opening)
{
    const std::lock_guard lock (state->turn);
    if (opening != state->opening)
        return;
    const auto& takes = state->document->takes;
    const auto former = std::find_if (takes.begin(), takes.end(), [&] (const auto& each) {
        return each->line == take.line && each->request == take.request &&
               (each->state == TakeRecord::State::Failed || each->audio == take.audio);
    });
    if (former == takes.end())
        addTake (std::move (take));
    else if ((*former)->state == TakeRecord::State::Failed)
    {
        take.id = (*former)->id;
        setTake (std::move (take));
    }
}

void Project::giveId (const std::string& id)
{
    const std::lock_guard lock (state->turn);
    if (! state->document->id.empty() || ! isContentHash (id))
        return;
    auto next = *state->document;
    next.id = id;
    state->set (std::move (next));
}

void Project::setTempo (double quartersAMinute)
{
    constexpr double most = 10'000.0;
    const std::lock_guard lock (state->turn);
    if (! (quartersAMinute > 0.0 && quartersAMinute <= most) || quartersAMinute == state->document->tempo)
        return;
    auto next = *state->document;
    next.tempo = quartersAMinute;
    state->set (std::move (next));
}

void Project::setHost (const HostSettings& host)
{
    const std::lock_guard lock (state->turn);
    if (host == state->document->settings.host)
        return;
    auto next = *state->document;
    next.settings.host = host;
    state->set (std::move (next));
}

void Project::setVoiceContent (const VoiceReference& voice, const std::string& hash)
{
    const std::lock_guard lock (state->turn);
    state->changeMoods (voice, [&] (Mood& mood) { mood.content = hash; });
}

void Project::moveVoice (const VoiceReference& voice, const std::filesystem::path& file)
{
    const std::lock_guard lock (state->turn);
    state->changeMoods (voice, [&] (Mood& mood) { mood.voice.path = file; });
}

void Project::giveVoices (std::span<const std::string> modelVoices)
{
    const std::lock_guard lock (state->turn);
    const auto& before = *state->document;
    std::set<std::string> present, voices;
    for (const auto& speaker : speakersOf (before))
        present.insert (foldedName (speaker));
    for (const auto& voice : modelVoices)
        voices.insert (foldedName (voice));
    std::vector<std::string> dropped;
    auto without = before;
    for (const auto& member : before.cast)
        if (! member->isChosen && ! member->moods.empty() && ! state->isHeard (*member) &&
            (! present.contains (foldedName (member->speaker)) ||
             ! voices.contains (foldedName (member->moods.front().voice.name))))
        {
            dropped.push_back (member->speaker);
            dropVoice (without, member->speaker);
        }
    const auto given = voicesToGive (without, modelVoices);
    if (dropped.empty() && given.empty())
        return;
    const auto change = [&] (Document& document) {
        for (const auto& speaker : dropped)
            dropVoice (document, speaker);
        for (const auto& member : given)
            giveVoice (document, member);
    };
    state->steps.changeCasts (change);
    auto next = before;
    change (next);
    state->set (std::move (next));
}

void Project::replace (Document other)
{
    const std::lock_guard lock (state->turn);
    state->begin (std::move (other));
    Change change;
    change.isWhole = true;
    state->tell (std::move (change));
}

std::shared_ptr<void> Project::listen (Listener listener)
{
    const std::lock_guard lock (state->turn);
    auto entry = std::make_shared<State::Entry> (State::Entry { std::move (listener) });
    state->listeners.push_back (entry);
    return { entry.get(), [entry, owner = std::weak_ptr (state)] (void*) {
                const auto still = owner.lock();
                if (still == nullptr)
                    return;
                const std::lock_guard turn (still->turn);
                entry->isGone = true;
                std::erase (still->listeners, entry);
            } };
}

void Project::waitForListeners() const
{
    const std::lock_guard lock (state->turn);
}
} // namespace tableread::project
