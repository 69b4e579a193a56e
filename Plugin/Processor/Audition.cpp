// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/Audition.h"

#include <algorithm>
#include <utility>

#include "Playback/Parts.h"
#include "Project/Lookup.h"
#include "Project/Requests.h"

namespace tableread::plugin
{
namespace
{
using project::TakeRecord;

constexpr std::uint64_t refusals = 4; // more than there are of Refusal
constexpr int fadeSamples = PlanReader::fadeSamples;

Error stillRendered (const std::string& title)
{
    return { ErrorCode::Busy, title + " is still being rendered. Listen when it is done.", {} };
}

/** Why a passage plays nothing that could be heard. */
Error whyNothing (const playback::View& view, project::LineId first, const std::string& title)
{
    using playback::PartState;
    const auto part = std::find_if (view.parts.begin(), view.parts.end(),
                                    [&] (const auto& each) { return each.line == first.value; });
    if (part != view.parts.end() && part->state == PartState::Failed)
        return { ErrorCode::NotFound, part->reason, title };
    if (part != view.parts.end() && (part->state == PartState::Queued || part->state == PartState::Rendering))
        return stillRendered (title);
    return { ErrorCode::NotFound, title + " is not rendered yet. Render it, then listen.", {} };
}

Error sentenceOf (Audition::Refusal why)
{
    if (why == Audition::Refusal::Bypassed)
        return { ErrorCode::Busy,
                 "nothing is heard while the plugin is bypassed. Switch bypass off, then listen.",
                 {} };
    return {
        ErrorCode::Busy,
        "a take is not heard by itself during a bounce, which would have it too. Listen when it is over.",
        {}
    };
}
} // namespace

Audition::Audition (const project::Project& played, const playback::Stage& plays,
                    std::shared_ptr<SampleStore> place)
    : source (played)
    , stage (plays)
    , store (std::move (place))
    , loading ([this] { load(); })
{}

Result<void> Audition::play (project::TakeId take)
{
    const auto document = source.document();
    const auto place = project::placeOf (*document, take);
    if (! place)
        return refused (
            { ErrorCode::NotFound, "this take is no longer in the project. Choose another one.", {} });
    const auto& record = *document->takes[*place];
    const auto line = project::placeOf (*document, record.line);
    const auto passages = line ? project::passagesOf (*document) : std::vector<project::PassageView>();
    return begin (*document, record, line ? &project::passageWith (passages, *line) : nullptr);
}

Result<void> Audition::playLine (project::LineId line)
{
    const auto document = source.document();
    const auto place = project::placeOf (*document, line);
    if (! place)
        return refused ({ ErrorCode::NotFound, "this line is no longer in the script.", {} });
    const auto passages = project::passagesOf (*document);
    const auto& passage = project::passageWith (passages, *place);
    const auto choice = project::choiceOf (*document, passage);
    if (choice.take == nullptr)
        return refused (whyNothing (*stage.view(), document->lines[passage.first]->id,
                                    project::titleOf (*document, passage)));
    return begin (*document, *choice.take, &passage);
}

/** passage: null if its line has left the script. */
Result<void> Audition::begin (const project::Document& document, const TakeRecord& record,
                              const project::PassageView* passage)
{
    const auto title = passage != nullptr ? project::titleOf (document, *passage) : std::string ("this take");
    if (record.state == TakeRecord::State::Failed)
        return refused ({ ErrorCode::NotFound, record.failure, title });
    if (! project::isWhole (record))
        return refused (stillRendered (title));

    const auto* const first = passage != nullptr ? document.lines[passage->first].get() : nullptr;
    const auto* const member = first != nullptr ? project::memberOf (document, first->speaker) : nullptr;
    Wanted next { .line = first != nullptr ? first->id : record.line,
                  .take = record.id,
                  .title = title,
                  .known = playback::knownTake (record),
                  .gainDb = member != nullptr ? member->gainDb : 0.0 };
    {
        const std::lock_guard lock (mutex);
        const bool compares = wanted && ! isOver() && wanted->line == next.line && wanted->take != next.take;
        next.run = compares ? wanted->run : ++runs;
        wanted = std::move (next);
        isLoaded = false;
        failure.reset();
        ++asked;
    }
    loading.ask();
    return {};
}

Result<void> Audition::refused (Error why)
{
    stop();
    return tl::unexpected (std::move (why));
}

void Audition::stop()
{
    const std::lock_guard lock (mutex);
    failure.reset();
    end();
}

/** With the lock held, as all down to publish(). What is heard fades. */
void Audition::end()
{
    ++asked;
    if (! wanted)
        return;
    wanted.reset();
    publish ({});
    isLoaded = false;
}

bool Audition::isOver() const
{
    return isLoaded && ended.load() / refusals == published.load();
}

void Audition::publish (PlaybackPlan plan)
{
    exchange.publish (std::move (plan));
    publishedAt = Clock::now();
    published.fetch_add (1, std::memory_order_release);
}

project::TakeId Audition::current() const
{
    const std::lock_guard lock (mutex);
    return wanted && ! isOver() ? wanted->take : project::TakeId {};
}

project::LineId Audition::currentLine() const
{
    const std::lock_guard lock (mutex);
    return wanted && ! isOver() ? wanted->line : project::LineId {};
}

std::optional<Error> Audition::problem() const
{
    constexpr std::chrono::seconds longest { 1 }; // that a host may take from one block to the next
    const std::lock_guard lock (mutex);
    if (failure || ! isLoaded)
        return failure;
    if (isOver())
    {
        const auto why = (Refusal) (ended.load() % refusals);
        return why != Refusal::None ? std::optional (sentenceOf (why)) : std::nullopt;
    }
    if (taken.load() != published.load() && Clock::now() - publishedAt > longest)
        return Error { ErrorCode::Busy,
                       "nobody asks for sound, so nothing is heard. Check the audio device, or that the host "
                       "has switched the plugin on.",
                       {} };
    return std::nullopt;
}

void Audition::setHostRate (double hertz)
{
    const std::lock_guard lock (mutex);
    if (std::exchange (rate, hertz) != hertz && isLoaded)
        end(); // what is being loaded is loaded again
}

/** The worker. */
void Audition::load()
{
    std::unique_lock lock (mutex);
    if (! wanted || isLoaded)
        return;
    const auto job = *wanted;
    const auto number = asked;
    const auto hertz = rate;
    lock.unlock();
    auto plan = planOf (job, hertz);
    lock.lock();
    if (number != asked || hertz != rate)
        return loading.ask();
    if (! plan)
    {
        failure = std::move (plan.error());
        return end();
    }
    publish (std::move (*plan));
    isLoaded = true;
}

Result<PlaybackPlan> Audition::planOf (const Wanted& job, double hertz) const
{
    auto take = stage.takeInMemory (job.known);
    if (take == nullptr)
    {
        auto loaded = playback::loadTake (store.get(), job.known);
        if (! loaded)
            return tl::unexpected (Error { loaded.error().code, loaded.error().text(), job.title });
        take = std::move (*loaded);
    }
    auto audio = HostAudio::create (std::move (take), hertz);
    if (! audio)
        return tl::unexpected (audio.error());
    (*audio)->pump();
    const Timeline alone {
        { { .line = job.run, .audio = std::move (*audio) } }, { { .gainDb = job.gainDb } }, {}, {}
    };
    return arrange (alone, { .hostRateHz = hertz }).plan;
}

void Audition::mix (std::span<float* const> channels, std::size_t count) noexcept
{
    const auto newest = published.load (std::memory_order_acquire);
    for (std::size_t at = 0; at < count;)
    {
        const bool leaves = newest != taken.load (std::memory_order_relaxed);
        if (leaves && (level == 0 || left() == 0))
            takeUp (newest);
        else if (left() == 0)
            break;
        else
            at += add (channels, at, count - at, leaves);
    }
}

void Audition::refuse (Refusal why) noexcept
{
    if (const auto newest = published.load (std::memory_order_acquire);
        newest != taken.load (std::memory_order_relaxed))
        takeUp (newest);
    if (left() == 0)
        return;
    position = playing->end().value;
    level = 0;
    noteEnd (why);
}

void Audition::noteEnd (Refusal why) noexcept
{
    if (left() == 0)
        ended.store (taken.load (std::memory_order_relaxed) * refusals + (std::uint64_t) why);
}

/** Of the samples that are still to be heard. */
std::int64_t Audition::left() const noexcept
{
    return playing != nullptr ? playing->end().value - position : 0;
}

/** Nothing of the plan before is heard any more. */
void Audition::takeUp (std::uint64_t ticket) noexcept
{
    const bool wasOver = left() == 0;
    playing = &exchange.current();
    const auto& takes = playing->placements();
    const auto next = takes.empty() ? 0 : takes.front().line;
    const bool goesOn = next == run && ! wasOver && left() > 0;
    position = goesOn ? position : 0;
    run = next;
    level = 0;
    taken.store (ticket, std::memory_order_relaxed);
    noteEnd();
}

/** @returns how many samples it was. */
std::size_t Audition::add (std::span<float* const> channels, std::size_t at, std::size_t count,
                           bool leaves) noexcept
{
    const auto most = std::min<std::int64_t> (left(), leaves ? level : (int) chunk);
    count = std::min ({ count, chunk, (std::size_t) most });
    const auto samples = std::span (scratch).first (count);
    reader.read (*playing, { position }, { samples });
    for (auto& sample : samples)
    {
        level = std::min (leaves ? level - 1 : level + 1, (int) std::min<std::int64_t> (fadeSamples, left()));
        sample *= (float) level / (float) fadeSamples;
        ++position;
    }
    for (auto* const channel : channels)
        for (std::size_t i = 0; i < count; ++i)
            channel[at + i] += samples[i];
    noteEnd();
    return count;
}
} // namespace tableread::plugin
