// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Chunk.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "Command/Farm/Claims.h"

namespace tableread::engine
{
namespace
{
/** The lines of a chunk that nobody else takes. Those that need not be spoken are told of when it is their turn. */
class ChunkSource : public LineSource
{
public:
    ChunkSource (BatchRun& of, std::vector<FarmLine> ofChunk)
        : run (of)
        , lines (std::move (ofChunk))
        , worker (std::max<std::size_t> (of.worker, 1))
        , order (lines, worker, std::max<std::size_t> (of.workers, 1))
        , claims (of.worker == 0 ? LineClaims (lines.size()) : LineClaims::given (lines.size()))
    {}

    void read (std::shared_ptr<const SpokenVoices> those) { voices = std::move (those); }

    LineJob next (Wait) override
    {
        while (const auto at = order.next (claims))
        {
            auto& line = lines[*at];
            if (! line.refusal.empty())
                run.tell (line, { .state = LineOutcome::State::Failed, .reason = line.refusal });
            else if (! line.heardAudio.empty())
                run.report.heard (line);
            else
                return { std::make_shared<const FarmLine> (std::move (line)), voices };
        }
        return {};
    }

    void ended (const FarmLine& line, const LineOutcome& outcome) override { run.tell (line, outcome); }

    /** Nothing more will be spoken here. Of those that a worker has not taken its parent tells, if no other takes them. */
    void leave (const std::string& why)
    {
        if (run.worker != 0)
            return;
        while (const auto line = next (Wait::No).line)
            run.tell (*line, { .state = LineOutcome::State::Left, .reason = why });
    }

private:
    BatchRun& run;
    std::vector<FarmLine> lines;
    std::shared_ptr<const SpokenVoices> voices;
    std::size_t worker;
    LineOrder order;
    LineClaims claims;
};

/** One process's part of a run. */
class ChunkRun
{
public:
    explicit ChunkRun (BatchRun& given) : run (given) {}

    int speak()
    {
        auto source = openChunk();
        if (wanted.empty())
            (void) source.next (LineSource::Wait::No); // tells of them all
        else
            source.leave (run.interrupt.came() ? lineWasStopped : speak (source));
        return run.end();
    }

private:
    /** With all lines, whichever this process will take. */
    ChunkSource openChunk()
    {
        const auto script = openScript (run.voicing, run.store);
        voiced.emplace (voiceProject (run.voicing, script.document, run.store, run.session));
        auto all = linesOf (script, *voiced, run.store);
        const auto numbers = run.options.chunk.of (all.size());
        if (run.worker == 0)
            run.report.begin (numbers.size());
        std::vector<FarmLine> lines;
        for (const auto number : numbers)
        {
            auto& line = lines.emplace_back (std::move (all[number - 1]));
            if (line.refusal.empty() && line.heardAudio.empty())
                wanted.push_back (line.wanted);
        }
        return { run, std::move (lines) };
    }

    /** Speaks the lines, unless a signal comes before. @returns why those were not begun that are left */
    std::string speak (ChunkSource& source)
    {
        source.read (std::make_shared<const SpokenVoices> (readVoices (wanted, voiced->shelf)));
        if (run.interrupt.came())
            return lineWasStopped;
        const auto renderer = run.load (voiced->load);
        return run.work (*renderer, source, voiced->load.offload.settings.passages);
    }

    BatchRun& run;
    std::optional<VoicedProject> voiced;
    std::vector<WantedTake> wanted; // of all lines that the project does not hear yet
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
