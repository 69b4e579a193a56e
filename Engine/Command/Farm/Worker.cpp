// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Worker.h"

#include <algorithm>
#include <utility>

namespace tableread::engine
{
namespace
{
using State = LineOutcome::State;

/** Whether the same would fail again. */
bool isForEver (const Error& error)
{
    switch (error.code)
    {
        case ErrorCode::InvalidInput:
        case ErrorCode::OutOfRange:
        case ErrorCode::Unsupported:
            return true;
        default:
            return false;
    }
}

/** Whether the store refuses this take and no other: it is too long, or there in a newer form. */
bool isOfTake (const Error& error)
{
    return error.code == ErrorCode::OutOfRange || error.code == ErrorCode::Unsupported;
}

constexpr std::size_t mostKeeping = 32; // takes that are being written, before a slow disk is waited for
} // namespace

LineWorker::LineWorker (Renderer& renderer, const TakeStore& takes, LineSource& lines, int passages)
    : fingerprint (renderer.info().fingerprint)
    , store (takes)
    , source (lines)
    , speaker (renderer, passages)
{}

void LineWorker::run (Grace& grace)
{
    while (true)
    {
        while (! isBroken && ! grace.hasBegun() && ! speaker.isFull())
        {
            const bool isDone = speaker.isIdle() && keeping.empty();
            auto job = source.next (isDone ? LineSource::Wait::ForOne : LineSource::Wait::No);
            if (job.line == nullptr)
                break;
            take (std::move (job));
        }
        if (speaker.isIdle() && keeping.empty())
            break;
        const bool speaks = ! speaker.isIdle();
        if (speaks)
        {
            for (auto& spoken : isBroken || grace.isOver() ? speaker.cancel() : speaker.step())
                ended (std::move (spoken));
            lastFrame = Clock::now();
            source.stepped();
        }
        settle (! speaks || keeping.size() > mostKeeping);
    }
    const LineOutcome left { .state = State::Left, .reason = whyLeft() };
    for (const auto& [key, lines] : std::exchange (waiting, {}))
        for (const auto& line : lines)
            source.ended (*line, left);
}

void LineWorker::take (LineJob job)
{
    auto request = takeRequestOf (job.line->wanted, *job.voices);
    request.fingerprint = fingerprint;
    const auto key = request.key();
    auto& same = waiting[key];
    same.push_back (job.line);
    if (same.size() > 1)
        return;
    if (const auto good = request.check(); ! good)
        return tell (key, { .state = State::Failed, .reason = good.error().text() });
    if (const auto outcome = known (key))
        return tell (key, *outcome);
    if (isBroken)
        return;
    speaker.start (std::move (job.line), std::move (request), *job.voices);
    if (lastFrame)
        handOuts.push_back (Milliseconds (Clock::now() - *lastFrame).count());
}

std::optional<double> LineWorker::handOutMs() const
{
    auto sorted = handOuts;
    if (sorted.empty())
        return {};
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t> (sorted.size() / 2);
    std::nth_element (sorted.begin(), middle, sorted.end());
    return *middle;
}

/** What the store says. */
std::optional<LineOutcome> LineWorker::known (const std::string& key)
{
    const auto found = store.find (key);
    if (found &&
        found->ending != Take::Ending::Whole) // nobody here stores such a one, but it may have been copied
        return LineOutcome { .state = State::Failed, .reason = lineWasCut };
    if (found)
        return LineOutcome { .state = State::Stored, .take = *found };
    const auto noted = store.failure (key);
    if (noted)
        return LineOutcome { .state = State::Failed, .reason = noted->reason };
    for (const auto& error : { found.error(), noted.error() })
        if (error.code == ErrorCode::Unsupported) // a newer version's, which is not to be overwritten
            return LineOutcome { .state = State::Failed, .reason = error.text() };
        else if (error.code == ErrorCode::Io)
            fail (error);
    return {};
}

void LineWorker::ended (SpokenTake take)
{
    const auto key = take.request.key();
    if (take.error && isForEver (*take.error))
        return tell (key, { .state = State::Failed, .reason = take.error->text() });
    if (take.error)
    {
        if (take.error->code == ErrorCode::Io) // the device has failed
            fail (*take.error);
        else
            note (*take.error);
        return tell (key, { .state = State::Left, .reason = take.error->text(), .isFault = true });
    }
    if (take.finish == FinishReason::Cancelled)
        return;
    if (take.finish != FinishReason::Stop)
    {
        if (auto noted = store.putFailure ({ take.request, lineWasCut }); ! noted)
            return fail (noted.error());
        return tell (key, { .state = State::Failed, .reason = lineWasCut });
    }
    keeping.push_back (std::async (std::launch::async, [this, take = std::move (take)]() mutable {
        auto record = store.put (take.request, Take::Ending::Whole, take.samples);
        return Kept { std::move (take), std::move (record) };
    }));
}

/** Tells of takes that are on the disk now. */
void LineWorker::settle (bool waits)
{
    for (auto& each : keeping)
        if (waits || each.wait_for (std::chrono::seconds (0)) == std::future_status::ready)
        {
            auto kept = each.get();
            const auto key = kept.take.request.key();
            if (kept.record)
                tell (key,
                      { .state = State::Rendered, .take = std::move (*kept.record), .ms = kept.take.ms });
            else if (isOfTake (kept.record.error()))
                tell (key, { .state = State::Failed, .reason = kept.record.error().text() });
            else
                fail (kept.record.error());
        }
    std::erase_if (keeping, [] (const auto& each) { return ! each.valid(); });
}

/** The first is that which was spoken. */
void LineWorker::tell (const std::string& key, const LineOutcome& outcome)
{
    auto told = outcome;
    const auto lines = waiting.extract (key);
    for (const auto& line : lines.mapped())
    {
        source.ended (*line, told);
        if (told.state == State::Rendered)
            told.state = State::Stored;
    }
}

std::string LineWorker::whyLeft() const
{
    return isBroken ? firstError->text() : lineWasStopped;
}

void LineWorker::note (const Error& error)
{
    if (! firstError)
        firstError = error;
}

/** The other lines would fail with it too. */
void LineWorker::fail (const Error& error)
{
    if (! isBroken)
        firstError = error;
    isBroken = true;
}
} // namespace tableread::engine
