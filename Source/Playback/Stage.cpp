// SPDX-License-Identifier: Apache-2.0
// The stage's thread: from what has happened to the plan for the audio thread.
#include "Playback/Stage.h"

#include <algorithm>
#include <utility>

#include "Core/ContentHash.h"

namespace tableread::playback
{
namespace
{
constexpr std::chrono::milliseconds glance { 100 }; // at what the audio thread says, which wakes nobody
constexpr std::chrono::milliseconds blink { 10 };   // at its jumps alone, where parts have no copy
constexpr std::chrono::milliseconds stint { 20 };   // of resampling, between two plans
constexpr std::size_t mostLoads = 8;                // at a time, so that a jump of the playhead soon counts

constexpr ModelSamples lengthOfNone { modelSampleRateHz }; // of a slate

/** Whether the engine says that its model can never speak it as it is. */
bool isBeyondModel (const Repertoire::Entry& entry)
{
    return entry.holding != nullptr && entry.holding->take->error().code == ErrorCode::OutOfRange;
}

/** The lines that the user has moved. */
std::set<std::uint64_t> movedLines (const Score& before, const Score& after)
{
    std::map<std::uint64_t, std::optional<double>> anchors;
    for (const auto& part : before.parts)
        anchors.emplace (part.item.line, part.anchor);
    std::set<std::uint64_t> moved;
    for (const auto& part : after.parts)
        if (const auto former = anchors.find (part.item.line);
            former != anchors.end() && former->second != part.anchor)
            moved.insert (part.item.line);
    return moved;
}
} // namespace

Stage::Stage (Options wanted, Listener& listener)
    : options (std::move (wanted))
    , events (listener)
    , longestWait (options.patience)
    , patience (longestWait)
    , keeper (options.store, *this)
    , link (options.link, *this)
    , thread ([this] { run(); })
{}

Stage::~Stage()
{
    breakOff();
    thread.join();
}

void Stage::breakOff()
{
    {
        const std::lock_guard lock (mutex);
        leaving = true;
    }
    wake.notify_all();
    changed.notify_all();
}

void Stage::tell (const std::function<void (News&)>& change, bool changesPlan)
{
    const std::lock_guard lock (mutex);
    change (inbox);
    hasNews = true;
    if (changesPlan)
        ++asked;
    wake.notify_all();
}

void Stage::play (std::function<Score()> compose)
{
    tell ([&] (News& news) { news.compose = std::move (compose); }, true);
}

void Stage::setHostRate (double hertz)
{
    if (! HostAudio::isPossible (hertz))
        return;
    tell (
        [&] (News& news) {
            if (hostRateHz.exchange (hertz) == hertz)
                return;
            news.rate = hertz;
            exchange.publish ({}); // what there is has another rate
            lines.clear();
        },
        true);
}

void Stage::settle()
{
    constexpr std::chrono::milliseconds longest { 100 };
    Lock lock (mutex);
    changed.wait_for (lock, longest, [this, ticket = asked] { return answered >= ticket || leaving; });
}

void Stage::renderAll()
{
    tell ([] (News& news) { news.rendersAll = true; }, true);
}

void Stage::stop()
{
    tell (
        [] (News& news) {
            news.stops = true;
            news.rendersAll = false;
            news.retries.clear();
        },
        true);
}

void Stage::retry (std::uint64_t line)
{
    tell ([&] (News& news) { news.retries.push_back (line); }, true);
}

void Stage::setPatience (std::chrono::milliseconds longest)
{
    const std::lock_guard lock (mutex);
    longestWait = longest;
    patience = Patience (longestWait);
}

std::shared_ptr<const View> Stage::view() const
{
    const std::lock_guard lock (mutex);
    return shown;
}

std::shared_ptr<const Take> Stage::takeInMemory (const KnownTake& known) const
{
    std::unique_lock lock (mutex);
    if (const auto found = unkept.find (known.audio); found != unkept.end())
        return found->second;
    const auto now = shown;
    lock.unlock();
    for (const auto& part : now->parts)
        if (part.take != nullptr && part.take->state() == TakeState::Done &&
            part.take->audio().rendered() == known.length.value &&
            contentHash (samplesOf (*part.take)) == known.audio)
            return part.take;
    return nullptr;
}

LinkProgress Stage::progress() const
{
    std::unique_lock lock (mutex);
    const auto later = unasked;
    lock.unlock();
    return link.progress (later);
}

std::vector<Gap> Stage::gaps() const
{
    const std::lock_guard lock (mutex);
    return lastGaps;
}

void Stage::forgetGaps()
{
    tell (
        [&] (News& news) {
            news.forgets = true;
            if (! isUnreported)
                lastGaps.clear();
        },
        false);
}

void Stage::takeChanged (const Take&)
{
    tell ([] (News& news) { news.hasGrown = true; }, false);
}

void Stage::takeLoaded (const std::string& audio, Result<std::shared_ptr<Take>> take)
{
    if (! take && take.error().code == ErrorCode::InvalidInput)
        events.takeDamaged (take.error());
    tell ([&] (News& news) { news.loaded.emplace_back (audio, std::move (take)); }, false);
}

void Stage::takeKept (const KeptTake& kept)
{
    {
        const std::lock_guard lock (mutex);
        if (kept.loss)
            unkept[kept.audio] = kept.finished.take;
        else
            unkept.erase (kept.audio);
    }
    tell ([&] (News& news) { news.kept.push_back (kept); },
          false); // first: the listener may give a score that has it
    events.takeKept (kept);
    ++steps;
    const std::lock_guard lock (mutex);
    beingKept.erase (beingKept.find (kept.finished.take.get()));
    changed.notify_all();
}

void Stage::run()
{
    const auto isNews = [this] { return leaving || hasNews; };
    Lock lock (mutex);
    while (! leaving)
    {
        auto news = std::exchange (inbox, News {});
        hasNews = false;
        abandoned = givenUp;
        const auto ticket = asked;
        lock.unlock();
        const bool hasMore = work (std::move (news), ticket);
        const bool looksAround = isRestless() || wasBouncing || wasPlaying || isPlaying() ||
                                 ! played.isSettled() || played.isFaulty() || repertoire.isPartlyHosted();
        lock.lock();
        if (looksAround && ! hasMore)
            rest (lock);
        else if (! hasMore)
            wake.wait (lock, isNews);
    }
    if (std::exchange (isUnreported, false))
        inbox.ended.push_back (endedBounce());
    auto ended = std::move (inbox.ended);
    lock.unlock();
    if (isHeard) // no audio runs any more
        holes.end();
    collectHoles();
    tellOfBounces (std::move (ended));
    tellOfPlayed();
}

/** Until there is news, or it is time to look around: sooner if the playhead has jumped. */
void Stage::rest (Lock& lock)
{
    const auto end = Clock::now() + glance;
    const auto turn = repertoire.isPartlyHosted() ? blink : glance;
    while (! leaving && ! hasNews && jumps.load (std::memory_order_relaxed) == followedJumps &&
           Clock::now() < end)
        wake.wait_for (lock, turn);
}

/** @returns whether there is more to do at once. */
bool Stage::work (News news, std::uint64_t ticket)
{
    collectHoles (news.rate);
    if (news.forgets)
        played.forget();
    bool isOther = take (news);
    isOther = repertoire.pump() || isOther;
    isOther = followHost (news.ended) || isOther;
    if (isOther)
    {
        repertoire.match ([this] (const Take& unused) { link.cancel (unused); });
        arrangeAll();
    }
    if (news.rate) // what is missing at this rate is known
        publish (ticket);
    tellOfBounces (std::move (news.ended));
    const bool isElsewhere = followPlayhead (isOther);
    if (isOther || isElsewhere || ! news.hasGrown)
    {
        for (const auto* part : repertoire.toLoad (order, mostLoads))
            keeper.load (*part);
        isOther = ask() || isOther;
    }

    bool isHosted = false, hasMore = true;
    for (const auto end = Clock::now() + stint; hasMore && Clock::now() < end;)
    {
        hasMore = repertoire.hostOne (order);
        isHosted = isHosted || hasMore;
        if (hasMore)
            ++steps;
    }
    const bool isNew = isOther || isHosted;
    if (isNew)
        arrangeAll();
    handOn(); // both first: who hears the plan may save what has become of its takes
    tellFailures();
    if (isNew)
        publish (ticket);
    else
    {
        const std::lock_guard lock (mutex);
        answered = ticket;
        changed.notify_all();
    }
    tellOfPlayed();
    return hasMore;
}

void Stage::handOn()
{
    for (auto& finished : repertoire.finished())
    {
        {
            const std::lock_guard lock (mutex);
            beingKept.insert (finished.take.get());
        }
        keeper.keep (std::move (finished));
    }
}

/** @returns whether anything has happened that parts depend on. */
bool Stage::take (News& news)
{
    handOn(); // before another score comes, which may not have their parts
    for (const auto line : news.retries)
    {
        repertoire.retry (line);
        for (const auto& part : repertoire.score().parts)
            if (part.item.line == line)
                wantedOnce.insert (part.name);
    }
    if (news.rendersAll)
    {
        wantsAll = true;
        repertoire.retryAll();
    }
    if (news.beginsBounce)
    {
        wantsAll = true; // however short it is
        repertoire.retryUnreached();
    }
    if (news.stops)
    {
        wantsAll = news.rendersAll;
        wantedOnce.clear();
        link.cancelAll();
    }
    if (news.rate)
        repertoire.setRate (*news.rate);
    for (auto& [audio, loaded] : news.loaded)
    {
        repertoire.loaded (audio, std::move (loaded));
        ++steps;
    }
    for (const auto& kept : news.kept)
        repertoire.kept (kept);
    if (news.compose)
        compose (news.compose);
    return news.isOther || news.rendersAll || news.stops || news.rate || news.compose ||
           ! news.retries.empty() || ! news.loaded.empty() || ! news.kept.empty();
}

void Stage::compose (const std::function<Score()>& make)
{
    const auto time = Clock::now();
    std::set<std::string> before;
    for (const auto& part : repertoire.score().parts)
        before.insert (part.name);
    auto next = make();
    std::map<std::string, Clock::time_point> edited;
    for (const auto& part : next.parts)
        if (const auto known = fresh.find (part.name); known != fresh.end())
            edited.insert (*known);
        else if (! before.empty() && ! before.contains (part.name))
            edited.emplace (part.name, time);
    fresh = std::move (edited);
    std::erase_if (wantedOnce, [&] (const auto& name) {
        return std::none_of (next.parts.begin(), next.parts.end(),
                             [&] (const Part& part) { return part.name == name; });
    });
    const auto moved = movedLines (repertoire.score(), next);
    std::erase_if (places, [&] (const Place& place) { return moved.contains (place.line); });
    repertoire.play (std::move (next));
}

/** What the audio thread has said since the last look. Adds what a bounce gave up that is over. @returns whether parts depend on
    it. */
bool Stage::followHost (std::vector<Ended>& ended)
{
    const bool playing = plays.load (std::memory_order_acquire);
    const bool starts = playing && ! wasPlaying;
    wantsAll = wantsAll || starts;
    const bool hasStopped = std::exchange (wasPlaying, playing) && ! playing; // nothing is held any more
    const bool isMissing = starts && repertoire.retryUnreached();
    const bool bounces = isBouncing.load (std::memory_order_relaxed);
    if (bounces == std::exchange (wasBouncing, bounces))
        return hasStopped || isMissing;
    const std::lock_guard lock (mutex);
    if (! isBouncing.load (std::memory_order_relaxed)) // else another one has begun
    {
        givenUp.clear();
        if (std::exchange (isUnreported, false))
            ended.push_back (endedBounce());
    }
    else if (goesOn)
    {
        collectHoles(); // its first block has ended them
        played.handOver();
    }
    abandoned = givenUp;
    return true;
}

void Stage::arrangeAll()
{
    const auto& score = repertoire.score();
    Timeline timeline { {}, score.lanes, score.gaps, score.silenceAfter };
    timeline.items.reserve (score.parts.size());
    for (std::size_t i = 0; i < score.parts.size(); ++i)
    {
        const auto& part = score.parts[i];
        const auto& entry = repertoire.entries()[i];
        const bool isFailed = entry.state == PartState::Failed; // what there is of it is not played
        auto item = part.item;
        if (part.known)
            item.estimate = part.known->length;
        else if (isFailed && isBeyondModel (entry))
            item.estimate = std::min (item.estimate, lengthOfNone);
        if (entry.holding != nullptr && ! isFailed)
            item.audio = entry.holding->audio;
        item.isGivenUp = abandoned.contains (item.line) || (isFailed && ! wasBouncing);
        item.isWaitedFor = wasBouncing; // a take may have failed since the entry was made
        timeline.items.push_back (std::move (item));
    }
    auto arrangement = arrange (timeline, { .hostRateHz = repertoire.hostRate(),
                                            .playsSlate = wasBouncing && score.playsSlate,
                                            .playing = whatIsHeard() });
    plan = std::move (arrangement.plan);
    places = std::move (arrangement.places);
    end = arrangement.end;
}

/** While it plays, nothing at or behind the playhead moves, nor what is in the block that is being played and the next one,
    which may begin before the plan is there. */
std::optional<Playing> Stage::whatIsHeard() const
{
    constexpr double margin = 0.2; // seconds in which a plan is made
    if (! wasPlaying || wasBouncing)
        return std::nullopt;
    const auto blocks = 2.0 * (double) blockSize.load (std::memory_order_relaxed) / repertoire.hostRate();
    return Playing { modelPlayhead() + samplesOfSeconds (margin + blocks), places };
}

ModelSamples Stage::modelPlayhead() const
{
    const auto seconds = (double) playhead.load (std::memory_order_relaxed) / repertoire.hostRate();
    return samplesOfSeconds (seconds);
}

void Stage::publish (std::uint64_t ticket)
{
    auto next = std::make_shared<View>();
    std::vector<std::uint64_t> names;
    const auto& parts = repertoire.score().parts;
    next->parts.reserve (parts.size());
    names.reserve (parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i)
    {
        const auto& entry = repertoire.entries()[i];
        next->parts.push_back ({ parts[i].item.line, entry.state, entry.reason,
                                 entry.holding != nullptr ? entry.holding->take : nullptr, places[i],
                                 parts[i].name });
        names.push_back (parts[i].item.line);
    }
    next->end = end;
    const std::lock_guard lock (mutex);
    shown = std::move (next);
    answered = ticket;
    if (! inbox.rate) // else the plan has a rate that does not count any more
    {
        exchange.publish (std::move (plan));
        lines = std::move (names);
    }
    changed.notify_all();
}

bool Stage::isRestless() const
{
    const auto& entries = repertoire.entries();
    return std::any_of (entries.begin(), entries.end(), [] (const Repertoire::Entry& entry) {
        return entry.state != PartState::Done && entry.state != PartState::Stale;
    });
}
} // namespace tableread::playback
