// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Queue/Source.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;
using State = LineOutcome::State;

constexpr std::chrono::milliseconds glance { 100 }, fetchWait { 500 }, betweenTries { 2'000 };
constexpr std::chrono::seconds longestTrouble { 60 }, betweenProgress { 1 };
constexpr int framesOfProgress = 8;

LineOutcome failure (std::string reason, bool isFault)
{
    return { .state = isFault ? State::Left : State::Failed,
             .reason = std::move (reason),
             .isFault = isFault };
}
} // namespace

QueueSource::QueueSource (LineQueue& from, BatchRun& current, VoicesOf reader)
    : queue (from)
    , run (current)
    , voicesOf (std::move (reader))
    , fetcher ([this] { fetchLines(); })
{}

QueueSource::~QueueSource()
{
    end ({});
    fetcher.join();
    giveBackReady();
    queue.flush();
}

LineJob QueueSource::next (Wait wait)
{
    std::unique_lock lock (mutex);
    while (true)
    {
        while (wait == Wait::ForOne && ready.empty() && ! isOver && ! run.interrupt.came())
            changed.wait_for (lock, glance);
        if (ready.empty() || run.interrupt.came() || failing.size() >= mostFailing)
            return {};
        auto taken = std::move (ready.front());
        ready.pop_front();
        if (taken.refusal)
        {
            lock.unlock();
            auto outcome = *taken.refusal;
            finish (std::move (taken), std::move (outcome));
            lock.lock();
            continue;
        }
        ++inHand;
        lock.unlock();
        changed.notify_all();
        tell (taken, LineResult::State::Speaking, taken.known.reason);
        LineJob job { taken.line, taken.voices };
        spoken.emplace (job.line.get(), std::move (taken));
        return job;
    }
}

/** Progress, not time, keeps a line: a worker that hangs loses its lines. */
void QueueSource::stepped()
{
    if (run.interrupt.came())
        giveBackReady();
    const auto now = Clock::now();
    if (++framesSince < framesOfProgress || now - lastProgress < betweenProgress)
        return;
    framesSince = 0;
    lastProgress = now;
    for (auto& [line, taken] : spoken)
        taken.held.inProgress();
    const std::lock_guard lock (mutex);
    for (auto& taken : ready)
        taken.held.inProgress();
}

void QueueSource::ended (const FarmLine& line, const LineOutcome& outcome)
{
    auto node = spoken.extract (&line);
    if (node.empty())
        return;
    {
        const std::lock_guard lock (mutex);
        --inHand;
    }
    finish (std::move (node.mapped()), outcome);
}

void QueueSource::finish (Taken taken, LineOutcome outcome)
{
    if (outcome.isFault)
        failing.insert (taken.held.name());
    else
        failing.clear();
    if (outcome.isFault && ++taken.known.failures >= mostFailures)
        outcome.state = State::Failed;
    switch (outcome.state)
    {
        case State::Stored:
        case State::Rendered:
            taken.known.isRendered = outcome.state == State::Rendered;
            taken.known.seconds = spokenSeconds (outcome.take->audio.samples);
            tell (taken, LineResult::State::Stored, {});
            taken.held.done();
            break;
        case State::Failed:
            tell (taken, LineResult::State::SetAside, outcome.reason);
            taken.held.done();
            break;
        case State::Left:
            tell (taken, LineResult::State::Left, outcome.reason);
            taken.held.giveBack (outcome.isFault ? betweenTries : std::chrono::milliseconds (0));
            break;
    }
    run.tell (*taken.line, outcome);
    if (failing.size() >= mostFailing)
        end (Error {
            ErrorCode::Io, "several lines in a row could not be spoken here, so this worker ends.", {} });
}

void QueueSource::tell (const Taken& taken, LineResult::State state, const std::string& reason)
{
    auto result = taken.known;
    result.state = state;
    result.node = run.options.node;
    result.reason = reason;
    queue.report (taken.held.name(), result);
}

std::optional<Error> QueueSource::problem() const
{
    const std::lock_guard lock (mutex);
    return trouble;
}

void QueueSource::end (std::optional<Error> why)
{
    {
        const std::lock_guard lock (mutex);
        isOver = true;
        if (! trouble)
            trouble = std::move (why);
    }
    changed.notify_all();
}

void QueueSource::giveBackReady()
{
    std::deque<Taken> left;
    {
        const std::lock_guard lock (mutex);
        left = std::exchange (ready, {});
    }
    for (auto& taken : left)
        taken.held.giveBack (std::chrono::milliseconds (0));
}

/** As many as are spoken, so that all of them may end at once; not more, so that nothing lies here that another worker could
    speak. */
bool QueueSource::isRoom() const
{
    return ready.size() < std::max (inHand, std::size_t { 1 });
}

void QueueSource::fetchLines()
{
    auto lastGood = Clock::now();
    while (true)
    {
        std::size_t room = 0;
        {
            std::unique_lock lock (mutex);
            while (! isOver && ! run.interrupt.came() && ! isRoom())
                changed.wait_for (lock, glance);
            if (isOver || run.interrupt.came())
                return;
            room = std::max (inHand, std::size_t { 1 }) - ready.size();
        }
        try
        {
            auto lines = queue.fetch (static_cast<int> (room), fetchWait);
            if (lines.empty() && ! run.options.keepsWaiting && queue.queued() == 0)
                return end ({});
            for (auto& line : lines)
                prepare (std::move (line));
            lastGood = Clock::now();
        }
        catch (const Exception& exception)
        {
            if (exception.error.code != ErrorCode::Io || queue.isLost() ||
                Clock::now() - lastGood > longestTrouble)
                return end (exception.error);
            std::unique_lock lock (mutex);
            changed.wait_for (lock, fetchWait, [this] { return isOver; });
        }
    }
}

void QueueSource::prepare (HeldLine held)
{
    Taken taken { .held = std::move (held), .known = {} };
    try
    {
        read (taken);
        if (taken.held.isRepeated())
            lookBack (taken);
    }
    catch (const Exception& exception)
    {
        if (exception.error.code == ErrorCode::Unsupported || exception.error.code == ErrorCode::Io)
        {
            taken.held.giveBack (betweenTries);
            throw; // by this worker no line can be spoken
        }
        taken.refusal = failure (exception.error.text(), false);
    }
    {
        const std::lock_guard lock (mutex);
        ready.push_back (std::move (taken));
    }
    changed.notify_all();
}

/** What is to be spoken, and with which voices. */
void QueueSource::read (Taken& taken) const
{
    taken.known.title = "a message that is no line";
    auto message = parseLineMessage (taken.held.text());
    FarmLine line;
    if (message)
    {
        taken.known.line = message->line;
        taken.known.project = message->project;
        taken.known.title = message->title;
        line.number = static_cast<std::size_t> (message->line);
        line.id = message->id;
        line.wanted.title = message->title;
        line.wanted.request = message->request;
    }
    else
        line.wanted.title = taken.known.title;
    taken.line = std::make_shared<const FarmLine> (std::move (line));
    const auto content = orThrow (std::move (message));
    try
    {
        auto voices = voicesOf (content);
        if (takeRequestOf (taken.line->wanted, voices).key() != taken.held.name())
            fail (ErrorCode::InvalidInput, "the message is not what its name says");
        taken.voices = std::make_shared<const SpokenVoices> (std::move (voices));
    }
    catch (const Exception& exception)
    {
        taken.refusal = failure (exception.error.text(), true); // another machine may have the recording
    }
}

/** Somebody had the line before. */
void QueueSource::lookBack (Taken& taken) const
{
    const auto before = queue.lastReport (taken.held.name());
    if (! before)
        return;
    taken.known.failures = before->failures;
    taken.known.reason = before->reason;
    if (before->state != LineResult::State::Speaking)
        return;
    ++taken.known.failures;
    taken.known.reason =
        fmt::format ("the worker on {} ended while it spoke the line, or did not go on for {} s.",
                     before->node, LineQueue::patience.count());
    if (taken.known.failures >= mostFailures)
        taken.refusal = failure (taken.known.reason, false);
}
} // namespace tableread::engine
