// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Chunk.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

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
        return run.end();
    }

private:
    /** The lines of the chunk whose takes the project does not have yet. */
    std::vector<Line> findLines()
    {
        const auto script = openScript (run.voicing, run.store);
        voiced.emplace (voiceProject (run.voicing, script.document, run.store, run.session));
        auto all = linesOf (script, *voiced, run.store);
        auto chunk = run.options.chunk;
        if (! run.options.worker.empty())
            chunk.shards.push_back (run.options.worker);
        const auto numbers = chunk.of (all.size());
        run.report.begin (numbers.size());
        std::vector<Line> lines;
        for (const auto number : numbers)
            if (auto& line = all[number - 1]; ! line.refusal.empty())
                run.tell (line, { .state = LineOutcome::State::Failed, .reason = line.refusal });
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
        const auto renderer = run.load (voiced->load);
        ChunkSource source (
            [this] (const FarmLine& line, const LineOutcome& outcome) { run.tell (line, outcome); },
            std::move (voices), std::exchange (lines, {}));
        source.leave (run.work (*renderer, source, voiced->load.offload.settings.passages));
    }

    BatchRun& run;
    std::optional<VoicedProject> voiced;
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
        return run.end();
    }
}
} // namespace tableread::engine
