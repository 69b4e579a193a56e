// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Batch.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <future>
#include <map>
#include <ostream>
#include <utility>

#include <fmt/format.h>

#include "Command/Farm/Report.h"
#include "Command/Farm/Speaker.h"
#include "Core/Process/Interrupt.h"
#include "Render/Seats.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;
using Line = std::shared_ptr<const FarmLine>;

constexpr double lastMoment = 0.5; // seconds of the grace for what has to be done after the last frame

/** Whether the same would fail again. */
bool isForEver (const Error& error)
{
    switch (error.code)
    {
        case ErrorCode::InvalidInput:
        case ErrorCode::OutOfRange:
        case ErrorCode::NotFound:
        case ErrorCode::Unsupported:
            return true;
        default:
            return false;
    }
}

/** One run. It can be ended at any time: what was stored by then need not be spoken again. */
class Batch
{
public:
    Batch (const BatchOptions& asked, Session& given)
        : options (asked)
        , session (given)
        , store ({ .folder = asked.store, .namedBy = "--store", .evicts = false })
        , report (session.out, asked.chunk.text())
    {}

    int run()
    {
        began = Clock::now();
        if (auto tidied = store.tidy(); ! tidied) // also says whether it is there
            return giveUp (tidied.error());
        const auto lines = findLines();
        if (! lines.empty() && ! interrupt.came())
            speak (lines);
        return end();
    }

private:
    struct Kept
    {
        SpokenTake take;
        Result<TakeRecord> record;
    };

    void note (const std::string& sentence)
    {
        if (! options.quiet)
            session.err << sentence << '\n';
    }

    int giveUp (const Error& error)
    {
        session.err << "tableread-engine: " << error.text() << '\n';
        return exitTryAgain;
    }

    /** The lines of the chunk whose takes the project does not have yet. */
    std::vector<Line> findLines()
    {
        const auto content = openProject (request, store);
        voiced.emplace (voiceProject (request, content.document, store, session));
        auto all = linesOf (*voiced, store);
        const auto numbers = options.chunk.of (all.size());
        report.begin (numbers.size());
        std::vector<Line> lines;
        for (const auto number : numbers)
            if (auto& line = all[number - 1]; line.heardAudio.empty())
                lines.push_back (std::make_shared<const FarmLine> (std::move (line)));
            else
                report.heard (line);
        return lines;
    }

    void speak (const std::vector<Line>& lines)
    {
        std::vector<WantedTake> wanted;
        for (const auto& line : lines)
            wanted.push_back (line->wanted);
        voices = readVoices (wanted, voiced->shelf);
        if (interrupt.came())
            return;
        renderer = session.load (voiced->load);
        for (const auto& sentence : renderer->info().notes)
            note (sentence);
        if (! options.quiet)
            session.err << options.offload.effective (renderer->info());
        findMissing (lines);
        if (! missing.empty())
            speakMissing();
    }

    /** Those that are in the store already are done. */
    void findMissing (const std::vector<Line>& lines)
    {
        for (const auto& line : lines)
        {
            auto take = takeRequestOf (line->wanted, voices);
            take.fingerprint = renderer->info().fingerprint;
            const auto key = take.key();
            if (const auto found = store.find (key))
                report.stored (*line, *found);
            else if (const auto failure = store.failure (key))
                report.failed (*line, failure->reason);
            else
            {
                auto& same = waiting[key];
                if (same.empty())
                    missing.push_back (line);
                same.push_back (line);
            }
        }
    }

    void speakMissing()
    {
        const int asked = voiced->load.offload.settings.passages;
        const int seats = asked > 0 ? std::min (asked, renderer->info().mostPassages)
                                    : measureSeats (*renderer, static_cast<int> (missing.size()));
        LineSpeaker speaker (*renderer, seats);
        std::size_t next = 0;
        while (true)
        {
            while (! isEnding() && ! speaker.isFull() && next < missing.size())
                speaker.start (missing[next++], voices);
            if (speaker.isIdle())
                break;
            for (auto& take : isOver() ? speaker.cancel() : speaker.step())
                ended (std::move (take));
            settle (false);
        }
        settle (true);
        for (const auto& [key, lines] : waiting)
            for (const auto& line : lines)
                report.left (*line, problem ? problem->text() : "it was stopped before");
    }

    bool isEnding() const { return interrupt.came() || problem.has_value(); }

    /** What is under way is dropped. */
    bool isOver()
    {
        if (problem)
            return true;
        if (! interrupt.came())
            return false;
        if (! stopAt)
            stopAt = Clock::now() +
                     std::chrono::duration_cast<Clock::duration> (
                         std::chrono::duration<double> (std::max (options.graceSeconds - lastMoment, 0.0)));
        return Clock::now() >= *stopAt;
    }

    void ended (SpokenTake take)
    {
        if (take.error && isForEver (*take.error))
            return never (take.request, take.error->text());
        if (take.error)
            return fail (*take.error);
        if (take.finish == FinishReason::Cancelled)
            return;
        if (take.finish != FinishReason::Stop)
            return cut (take);
        keeping.push_back (std::async (std::launch::async, [this, take = std::move (take)]() mutable {
            auto record = store.put (take.request, Take::Ending::Whole, take.samples);
            return Kept { std::move (take), std::move (record) };
        }));
    }

    void cut (const SpokenTake& take)
    {
        const TakeFailure failure {
            take.request, "the model's length limit cut the speech. Another seed may end by itself."
        };
        if (auto noted = store.putFailure (failure); ! noted)
            return fail (noted.error());
        never (take.request, failure.reason);
    }

    void never (const TakeRequest& take, const std::string& why)
    {
        for (const auto& line : std::exchange (waiting[take.key()], {}))
            report.failed (*line, why);
    }

    /** Nothing more is started. */
    void fail (const Error& error)
    {
        if (problem)
            return;
        problem = error;
        session.err << "tableread-engine: " << error.text() << '\n';
    }

    void settle (bool waits)
    {
        for (auto& each : keeping)
            if (waits || each.wait_for (std::chrono::seconds (0)) == std::future_status::ready)
            {
                const auto kept = each.get();
                if (kept.record)
                    stored (kept);
                else
                    fail (kept.record.error());
            }
        std::erase_if (keeping, [] (const auto& each) { return ! each.valid(); });
    }

    void stored (const Kept& kept)
    {
        bool isFirst = true;
        for (const auto& line : std::exchange (waiting[kept.take.request.key()], {}))
            if (std::exchange (isFirst, false))
                report.rendered (*line, *kept.record, kept.take.ms);
            else
                report.stored (*line, *kept.record);
    }

    int end()
    {
        const std::chrono::duration<double, std::milli> wall = Clock::now() - began;
        return report.end (renderer != nullptr ? renderer->info().fingerprint : std::string(), wall.count(),
                           interrupt.came() ? stopCode() : exitOk);
    }

    /** SIGTERM is how schedulers take a machine back. */
    int stopCode() const
    {
        return interrupt.exitCode() == 128 + SIGTERM ? exitTryAgain : interrupt.exitCode();
    }

    const BatchOptions& options;
    Session& session;
    Interrupt interrupt { [this] { session.exitNow (stopCode()); },
                          static_cast<int> (options.graceSeconds * 1000.0) };
    TakeStore store;
    const VoicingRequest request { .file = options.project,
                                   .model = options.model,
                                   .offload = options.offload,
                                   .typography = options.typography,
                                   .note = [this] (const std::string& sentence) { note (sentence); },
                                   .isCancelled = [this] { return interrupt.came(); } };
    BatchReport report;
    std::optional<VoicedProject> voiced;
    SpokenVoices voices;
    std::unique_ptr<Renderer> renderer;
    std::vector<Line> missing;                        // each request once
    std::map<std::string, std::vector<Line>> waiting; // by their take's key: several may ask for the same
    std::vector<std::future<Kept>> keeping;
    std::optional<Error> problem; // why nothing more is started
    std::optional<Clock::time_point> stopAt;
    Clock::time_point began;
};
} // namespace

int renderBatch (const BatchOptions& options, Session& session)
{
    return Batch (options, session).run();
}
} // namespace tableread::engine
