// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Chunk.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "Command/Farm/Worker.h"

namespace tableread::engine
{
namespace
{
using Line = std::shared_ptr<const FarmLine>;

/** The lines of a chunk, in order. */
class ChunkSource : public LineSource
{
public:
    using Told = std::function<void (const FarmLine&, const LineOutcome&)>;

    ChunkSource (Told tell, std::shared_ptr<const SpokenVoices> read, std::vector<Line> ofChunk)
        : told (std::move (tell))
        , voices (std::move (read))
        , lines (std::move (ofChunk))
    {}

    LineJob next (Wait) override
    {
        return given < lines.size() ? LineJob { lines[given++], voices } : LineJob {};
    }

    void ended (const FarmLine& line, const LineOutcome& outcome) override { told (line, outcome); }

    /** None of the others will be spoken. */
    void leave (const std::string& why)
    {
        while (given < lines.size())
            told (*lines[given++], { .state = LineOutcome::State::Left, .reason = why });
    }

private:
    Told told;
    std::shared_ptr<const SpokenVoices> voices;
    std::vector<Line> lines;
    std::size_t given = 0;
};

/** One process's part of a run. */
class ChunkRun
{
public:
    explicit ChunkRun (BatchRun& given) : run (given) {}

    int speak()
    {
        auto lines = findLines();
        if (! lines.empty() && ! run.interrupt.came())
            speak (lines);
        for (const auto& line : std::exchange (lines, {})) // of one that was stopped before
            run.report.ended (*line, { .state = LineOutcome::State::Left, .reason = lineWasStopped });
        return run.end (fingerprint);
    }

private:
    /** The lines of the chunk whose takes the project does not have yet. */
    std::vector<Line> findLines()
    {
        const auto script = openScript (request, run.store);
        voiced.emplace (voiceProject (request, script.document, run.store, run.session));
        auto all = linesOf (script, *voiced, run.store);
        auto chunk = run.options.chunk;
        if (! run.options.worker.empty())
            chunk.shards.push_back (run.options.worker);
        const auto numbers = chunk.of (all.size());
        run.report.begin (numbers.size());
        std::vector<Line> lines;
        for (const auto number : numbers)
            if (auto& line = all[number - 1]; ! line.refusal.empty())
                tell (line, { .state = LineOutcome::State::Failed, .reason = line.refusal });
            else if (! line.heardAudio.empty())
                run.report.heard (line);
            else
                lines.push_back (std::make_shared<const FarmLine> (std::move (line)));
        return lines;
    }

    /** Takes the lines, unless a signal comes before. */
    void speak (std::vector<Line>& lines)
    {
        std::vector<WantedTake> wanted;
        wanted.reserve (lines.size());
        for (const auto& line : lines)
            wanted.push_back (line->wanted);
        auto voices = std::make_shared<const SpokenVoices> (readVoices (wanted, voiced->shelf));
        if (run.interrupt.came())
            return;
        const auto renderer = run.session.load (loadOptions());
        fingerprint = renderer->info().fingerprint;
        for (const auto& sentence : renderer->info().notes)
            run.note (sentence);
        if (run.isTalking())
            run.session.err << run.options.offload.effective (renderer->info());
        LineWorker::Seats seats { .asked = voiced->load.offload.settings.passages };
        seats.most = static_cast<int> (std::min (lines.size(), static_cast<std::size_t> (seats.most)));
        ChunkSource source (
            [this] (const FarmLine& line, const LineOutcome& outcome) { tell (line, outcome); },
            std::move (voices), std::exchange (lines, {}));
        LineWorker worker (*renderer, run.store, source, seats);
        Grace grace (run.interrupt, run.options.graceSeconds);
        worker.run (grace);
        if (worker.problem())
            run.say (*worker.problem());
        source.leave (worker.whyLeft());
    }

    /** Each worker has a GPU of its own, or its part of the processors. */
    LoadOptions loadOptions() const
    {
        auto load = voiced->load;
        if (run.workers == 0)
            return load;
        const int gpus = load.device == DeviceKind::Cpu ? 0 : run.session.countGpus();
        if (gpus > 0)
            load.deviceIndex = static_cast<int> (run.worker - 1) % gpus;
        else if (load.threads == 0)
            load.threads = static_cast<int> (
                std::max<std::size_t> (1, std::thread::hardware_concurrency() / run.workers));
        return load;
    }

    void tell (const FarmLine& line, const LineOutcome& outcome)
    {
        if (outcome.state == LineOutcome::State::Failed)
            run.session.err << fmt::format ("{}: {}\n", line.wanted.title, outcome.reason);
        run.report.ended (line, outcome);
    }

    BatchRun& run;
    const VoicingRequest request { .file = run.options.project,
                                   .model = run.options.model,
                                   .offload = run.options.offload,
                                   .typography = run.options.typography,
                                   .note = [this] (const std::string& sentence) { run.note (sentence); },
                                   .isCancelled = [this] { return run.interrupt.came(); } };
    std::optional<VoicedProject> voiced;
    std::string fingerprint; // of the engine, once it is loaded
};
} // namespace

int speakChunk (BatchRun& run)
{
    try
    {
        return ChunkRun (run).speak();
    }
    catch (const Exception&)
    {
        if (! run.interrupt.came()) // which ends the reading of a recording, for one
            throw;
        return run.end ({});
    }
}
} // namespace tableread::engine
