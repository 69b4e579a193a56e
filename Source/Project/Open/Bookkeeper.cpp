// SPDX-License-Identifier: Apache-2.0
#include "Project/Open/Bookkeeper.h"

#include <algorithm>
#include <utility>

#include "Project/Open/SessionList.h"

namespace tableread::project
{
namespace
{
bool usesStore (const Document& document)
{
    const auto session = sessionOf (document);
    return ! session.takes.empty() || ! session.pinned.empty();
}
} // namespace

Bookkeeper::Bookkeeper (Project& followed, Options wanted)
    : source (followed)
    , options (std::move (wanted))
    , thread ([this] { run(); })
    , listening (
          source.listen ([this] (const auto& document, const auto& change) { changed (document, change); }))
{
    const std::lock_guard lock (mutex);
    due.push_back (source.document());
    dueAt = Clock::now();
    wake.notify_all();
}

Bookkeeper::~Bookkeeper()
{
    close();
}

void Bookkeeper::close()
{
    listening.reset();
    {
        const std::lock_guard lock (mutex);
        leaving = true;
    }
    wake.notify_all();
    if (thread.joinable())
        thread.join();
}

void Bookkeeper::changed (const Shared& document, const Change& change)
{
    if (! change.takes && ! change.cast && ! change.isWhole)
        return;
    const std::lock_guard lock (mutex);
    if (due.empty())
        dueAt = Clock::now() + options.settling;
    if (due.empty() || change.isWhole)
        due.push_back (document);
    else
        due.back() = document;
    if (change.isWhole) // it is open now, and those who evict may not know it
        dueAt = Clock::now();
    wake.notify_all();
}

void Bookkeeper::keep (GapReport report)
{
    if (report.isEmpty() && ! report.isPlayed)
        return;
    const std::lock_guard lock (mutex);
    reports.push_back (std::move (report));
    if (reports.size() > TakeStore::mostReports)
        reports.pop_front();
    wake.notify_all();
}

std::filesystem::path Bookkeeper::lastReport() const
{
    const std::lock_guard lock (mutex);
    return reportFile;
}

std::vector<std::string> Bookkeeper::problems() const
{
    const std::lock_guard lock (mutex);
    std::vector<std::string> sentences;
    for (const auto& [what, why] : refused)
        if (std::find (sentences.begin(), sentences.end(), why) == sentences.end())
            sentences.push_back (why);
    return sentences;
}

void Bookkeeper::run()
{
    auto evictAt = Clock::now() + options.firstEviction;
    std::unique_lock lock (mutex);
    while (true)
    {
        const auto now = Clock::now();
        if (! due.empty() && (leaving || dueAt <= now))
        {
            const auto documents = std::exchange (due, {});
            lock.unlock();
            for (const auto& document : documents)
                write (document);
            lock.lock();
        }
        else if (! reports.empty() && (leaving || reportAt <= now))
        {
            auto report = std::move (reports.front());
            reports.pop_front();
            lock.unlock();
            const bool isDone = write (report);
            lock.lock();
            if (! isDone && ! leaving)
            {
                reports.push_front (std::move (report));
                reportAt = Clock::now() + options.retry;
            }
        }
        else if (leaving)
            return;
        else if (evictAt <= now)
        {
            lock.unlock();
            const bool isDone = evict();
            lock.lock();
            evictAt = Clock::now() + (isDone ? Clock::duration (options.evictionEvery) : options.retry);
        }
        else if (due.empty() && nextWrite <= now)
        {
            lock.unlock();
            write (source.document());
            lock.lock();
        }
        else
            wake.wait_until (lock, std::min ({ evictAt, due.empty() ? nextWrite : dueAt,
                                               reports.empty() ? Clock::time_point::max() : reportAt }));
    }
}

void Bookkeeper::write (Shared document)
{
    const auto now = Clock::now();
    const bool isAgain = std::exchange (nextWrite, now + options.again) <= now;
    if (options.store == nullptr || ! usesStore (*document))
        return;
    if (! keepVoices (*document))
        nextWrite = now + options.retry;
    const auto named = withId (std::move (document));
    if (! named)
    {
        nextWrite = now + options.retry;
        return;
    }
    auto session = sessionOf (**named);
    const auto before = options.store->session (session.id);
    if (before)
        session = joinedWith (std::move (session), *before);
    if (session == written && ! isAgain)
        return;
    const bool isNewer = ! before && before.error().code == ErrorCode::Unsupported; // and keeps it itself
    const auto kept =
        isNewer ? Result<void> (tl::unexpected (before.error())) : options.store->keepSession (session);
    note ("session", kept);
    written = kept ? std::move (session) : TakeSession();
    if (! kept)
        nextWrite = now + options.retry;
}

/** One that has other samples by now is not the one that the project knows. @returns false if the store refuses one. */
bool Bookkeeper::keepVoices (const Document& document)
{
    bool isDone = true;
    for (const auto& member : document.cast)
        for (const auto& mood : member->moods)
        {
            if (! isRecording (mood) || ! seenVoices.insert (mood.content).second ||
                ! options.store->fileWith (mood.content).empty())
                continue;
            const auto recording = readRecording (mood.voice.path, options.reader);
            if (! recording || contentHash (recording->samples) != mood.content)
                continue;
            const auto kept = options.store->keep (recording->samples);
            note ("voices", kept);
            if (! kept)
                seenVoices.erase (mood.content);
            isDone = isDone && kept;
        }
    return isDone;
}

/** @returns false if the store refuses it. */
bool Bookkeeper::write (const GapReport& report)
{
    if (report.isPlayed && ! report.isCorrection)
        playedFile.clear();
    if (options.store == nullptr || (report.isEmpty() && playedFile.empty()))
        return true;
    const auto named = withId (source.document());
    if (! named)
        return false;
    const auto& id = (*named)->id;
    auto kept = report.isPlayed
                    ? options.store->keepReport (id, toText (report, "What was played"), playedFile)
                    : options.store->keepReport (id, toText (report, "The bounce"));
    note ("report", kept.map ([] (const auto&) {}));
    const bool isDone = kept.has_value();
    const std::lock_guard lock (mutex);
    reportFile = std::move (kept).value_or (std::filesystem::path());
    if (report.isPlayed)
        playedFile = reportFile;
    return isDone;
}

/** @returns false if it could not even begin, for a drive that is full or not there. */
bool Bookkeeper::evict()
{
    if (options.store == nullptr)
        return true;
    const auto done = options.store->evictAfter (options.evictionEvery).map ([] (const auto&) {});
    note ("eviction", done);
    return done || (done.error().code != ErrorCode::OutOfMemory && done.error().code != ErrorCode::NotFound);
}

/** What was replaced before it had an id is in no file, so nobody will ask for its takes: the one that is open now instead. */
Result<Bookkeeper::Shared> Bookkeeper::withId (Shared document)
{
    if (! document->id.empty())
        return document;
    if (source.document()->id.empty())
    {
        const auto drawn = options.drawId();
        note ("id", drawn.map ([] (const auto&) {}));
        if (! drawn)
            return tl::unexpected (drawn.error());
        source.giveId (*drawn);
    }
    return source.document();
}

void Bookkeeper::note (const char* what, const Result<void>& done)
{
    const std::lock_guard lock (mutex);
    if (done)
        refused.erase (what);
    else
        refused[what] = done.error().text();
}
} // namespace tableread::project
