// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Batch.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <ostream>
#include <utility>

#include "Command/Farm/Report.h"
#include "Command/Farm/Worker.h"
#include "Core/Process/Interrupt.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;
using Line = std::shared_ptr<const FarmLine>;

/** The lines of a chunk, in order. */
class ChunkSource : public LineSource
{
public:
    ChunkSource (BatchReport& told, std::shared_ptr<const SpokenVoices> read,
                 std::vector<std::shared_ptr<const FarmLine>> ofChunk)
        : report (told)
        , voices (std::move (read))
        , lines (std::move (ofChunk))
    {}

    LineJob next (Wait) override
    {
        return given < lines.size() ? LineJob { lines[given++], voices } : LineJob {};
    }

    void ended (const FarmLine& line, const LineOutcome& outcome) override { report.ended (line, outcome); }

    /** None of the others will be spoken. */
    void leave (const std::string& why)
    {
        while (given < lines.size())
            report.ended (*lines[given++], { .state = LineOutcome::State::Left, .reason = why });
    }

private:
    BatchReport& report;
    std::shared_ptr<const SpokenVoices> voices;
    std::vector<std::shared_ptr<const FarmLine>> lines;
    std::size_t given = 0;
};

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
        auto lines = findLines();
        if (! lines.empty() && ! interrupt.came())
            speak (std::move (lines));
        return end();
    }

private:
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

    void speak (std::vector<Line> lines)
    {
        std::vector<WantedTake> wanted;
        for (const auto& line : lines)
            wanted.push_back (line->wanted);
        auto voices = std::make_shared<const SpokenVoices> (readVoices (wanted, voiced->shelf));
        if (interrupt.came())
            return;
        const auto renderer = session.load (voiced->load);
        fingerprint = renderer->info().fingerprint;
        for (const auto& sentence : renderer->info().notes)
            note (sentence);
        if (! options.quiet)
            session.err << options.offload.effective (renderer->info());
        LineWorker::Seats seats { .asked = voiced->load.offload.settings.passages };
        seats.most = static_cast<int> (std::min (lines.size(), static_cast<std::size_t> (seats.most)));
        ChunkSource source (report, std::move (voices), std::move (lines));
        LineWorker worker (*renderer, store, source, seats);
        Grace grace (interrupt, options.graceSeconds);
        worker.run (grace);
        if (worker.problem())
            session.err << "tableread-engine: " << worker.problem()->text() << '\n';
        source.leave (worker.whyLeft());
    }

    int end()
    {
        const std::chrono::duration<double, std::milli> wall = Clock::now() - began;
        return report.end (fingerprint, wall.count(), interrupt.came() ? stopCode() : exitOk);
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
    std::string fingerprint; // of the engine, once it is loaded
    Clock::time_point began;
};
} // namespace

int renderBatch (const BatchOptions& options, Session& session)
{
    return Batch (options, session).run();
}
} // namespace tableread::engine
