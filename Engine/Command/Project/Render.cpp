// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Render.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "Audio/OutputFile.h"
#include "Audio/Writer.h"
#include "Command/Project/Playlist.h"
#include "Command/Project/RenderStore.h"
#include "Command/Project/Report.h"
#include "Command/Project/Speaking.h"
#include "Command/Project/Takes.h"
#include "Command/Project/Voicing.h"
#include "Command/Render/OutputChecks.h"
#include "Command/Render/Progress.h"
#include "Core/ContentHash.h"
#include "Core/Process/Interrupt.h"
#include "Project/File/Collect.h"
#include "Project/File/Headless/Recorder.h"
#include "Project/Open/Bookkeeper.h"
#include "Render/Seats.h"
#include "Server/Speech/RequestChecks.h"
#include "Timeline/BeforeStart.h"

namespace tableread::engine
{
namespace
{
/** One run, step by step. It can be ended at any time: what was rendered is kept and recorded by then. */
class ProjectRender
{
public:
    ProjectRender (const RenderOptions& asked, Session& given)
        : options (asked)
        , session (given)
        , recorder (asked.script)
    {}

    int run()
    {
        refuseOptions();
        if (! options.out.empty())
            noteAll (notesOnOldFiles (options.out, {}, {}));
        open();
        cast();
        keepBooks();
        findWanted();
        if (! wanted.empty())
            speak();
        return end();
    }

private:
    using Clock = std::chrono::steady_clock;
    using RecordState = project::TakeRecord::State;

    /** Once. */
    void note (const std::string& sentence)
    {
        if (std::find (report.notes.begin(), report.notes.end(), sentence) != report.notes.end())
            return;
        report.notes.push_back (sentence);
        if (progress != nullptr)
            progress->note (sentence);
        else if (! options.quiet)
            session.err << sentence << '\n';
    }

    void noteAll (const std::vector<std::string>& sentences)
    {
        for (const auto& sentence : sentences)
            note (sentence);
    }

    void refuseOptions() const
    {
        if (! options.ofScript.empty())
            fail (ErrorCode::InvalidInput,
                  fmt::format (
                      "{} cannot be given for a project, which says itself what it needs. Leave it out.",
                      fmt::join (options.ofScript, ", ")));
        if (! options.out.empty())
            checkOutputs (options, session);
        if (! session.takes)
            fail (ErrorCode::Unsupported, "there is no take store to keep what is rendered of a project in.");
    }

    void open()
    {
        takes = session.takes (options.settingsFile.settings());
        const auto content = openProject (request, *takes);
        document = content.document;
        store.emplace (takes, content.audio);
    }

    void cast()
    {
        voiced.emplace (voiceProject (request, document, *takes, session));
        if (! options.out.empty())
            refuseInputs (options.out, inputs());
        if (voiced->document == document)
            return;
        orThrow (recorder.setCast (*document, *voiced->document));
        document = voiced->document;
    }

    std::vector<InputFile> inputs() const
    {
        std::vector<CastMember> voices;
        for (const auto& member : voiced->document->cast)
            for (const auto& mood : member->moods)
                voices.push_back ({ member->speaker, mood.voice });
        auto files = inputsOf (options.script, voices, voiced->load);
        for (auto& file : files)
            if (file.path == options.script)
                file.name = "the project";
        return files;
    }

    /** From now on the store is told which takes the project uses. */
    void keepBooks()
    {
        project::Bookkeeper::Options how { .store = takes };
        how.reader = readerOf (request, session);
        how.drawId = [this] { return recorder.giveId(); };
        used.emplace (*document);
        books.emplace (*used, std::move (how));
    }

    void findWanted()
    {
        std::set<std::string> names; // two passages may ask for the same
        for (const auto& passage : project::passagesOf (*document))
        {
            const auto* take = heardTake (*document, passage);
            if (take != nullptr && isThere (*take))
                continue;
            if (auto missing = wantedTake (*voiced, passage, take); names.insert (missing.name).second)
                wanted.push_back (std::move (missing));
        }
        if (! wanted.empty() && ::access (options.script.c_str(), W_OK) != 0)
        {
            const int number = errno;
            throw Exception (cannotWrite (options.script, number, std::strerror (number)));
        }
    }

    /** Also one that cannot be read now. What is damaged is not there any more. */
    bool isThere (const project::TakeRecord& take)
    {
        const auto samples = store->load (project::samplesOf (take));
        if (! samples && samples.error().code == ErrorCode::InvalidInput)
            note (samples.error().text());
        return samples || (samples.error().code != ErrorCode::InvalidInput &&
                           samples.error().code != ErrorCode::NotFound);
    }

    void speak()
    {
        const auto voices = readVoices (wanted, voiced->shelf);
        if (interrupt.came())
            return;
        const auto renderer = session.load (voiced->load);
        report.model = renderer->info();
        noteAll (report.model.notes);
        if (! options.quiet)
            session.err << options.offload.effective (report.model);
        const int asked = voiced->load.offload.settings.passages;
        const int seats = asked > 0 ? std::min (asked, report.model.mostPassages)
                                    : measureSeats (*renderer, static_cast<int> (wanted.size()));
        showProgress();
        const auto began = Clock::now();
        speakTakes (
            *renderer, { .takes = wanted, .voices = voices, .seats = seats },
            { .heard = [this] (std::size_t samples) { hear (samples); },
              .ended = [this] (std::size_t index, FinishReason finish,
                               std::span<const float> samples) { keep (index, finish, samples); },
              .failed = [this] (std::size_t index, const Error& error) { recordFailure (index, error); },
              .isCancelled = [this] { return interrupt.came(); } });
        report.renderMs = std::chrono::duration<double, std::milli> (Clock::now() - began).count();
        progress.reset();
    }

    void showProgress()
    {
        if (options.quiet)
            return;
        std::vector<Progress::Passage> titles;
        titles.reserve (wanted.size());
        for (const auto& take : wanted)
        {
            std::size_t letters = 0;
            for (const auto& line : take.request.lines)
                letters += lettersIn (line.text);
            titles.push_back ({ take.title, letters });
        }
        progress = std::make_unique<Progress> (
            session.err, std::move (titles),
            Progress::Options { .columns = session.terminalColumns,
                                .secondsPerFrame = static_cast<double> (report.model.frameSamples) /
                                                   static_cast<double> (report.model.sampleRateHz) });
    }

    void hear (std::size_t samples)
    {
        if (progress != nullptr)
            for (auto left = static_cast<std::int64_t> (samples); left > 0; left -= report.model.frameSamples)
                progress->frame();
    }

    project::TakeRecord recordOf (std::size_t index) const
    {
        project::TakeRecord take;
        take.line = wanted[index].line;
        take.request = wanted[index].name;
        take.seed = wanted[index].request.seed;
        take.fingerprint = report.model.fingerprint;
        return take;
    }

    void keep (std::size_t index, FinishReason finish, std::span<const float> samples)
    {
        if (finish == FinishReason::Cancelled)
            return;
        auto take = recordOf (index);
        take.state = finish == FinishReason::Length ? RecordState::CutOff : RecordState::Done;
        take.length = { std::ssize (samples) };
        take.audio = contentHash (samples);
        report.rendered.insert (take.audio);
        const bool isKnown = take.audio == wanted[index].lostAudio;
        if (const auto kept = store->keep (samples); ! kept)
            reportLoss (kept.error());
        else if (! isKnown)
            take.id = orThrow (record (take));
        if (! isKnown)
            add (std::move (take));
        if (progress != nullptr)
            progress->passageEnded();
    }

    /** A take that the store has refused is in memory alone, and the project's file does not get it. */
    void reportLoss (const Error& why)
    {
        if (options.out.empty())
            throw Exception (why); // nothing would come of it
        isKept = false;
        note (why.text());
    }

    void recordFailure (std::size_t index, const Error& error)
    {
        auto take = recordOf (index);
        take.state = RecordState::Failed;
        take.failure = error.message;
        if (const auto recorded = record (take); ! recorded)
            note (recorded.error().text()); // the first error is the one to report
        add (std::move (take));
    }

    Result<project::TakeId> record (const project::TakeRecord& take)
    {
        used->addTake (take);
        return recorder.add (take);
    }

    /** To the project as it is in memory. */
    void add (project::TakeRecord take)
    {
        auto changed = *document;
        if (take.id.value == 0)
            take.id = { changed.nextId };
        changed.nextId = std::max (changed.nextId, take.id.value + 1);
        changed.takes.push_back (std::make_shared<const project::TakeRecord> (std::move (take)));
        document = std::make_shared<const project::Document> (std::move (changed));
    }

    /** Writes the sound and reports. */
    int end()
    {
        report.project = options.script.string();
        books->close();
        noteAll (books->problems());
        if (interrupt.came())
        {
            report.exitCode = interrupt.exitCode();
            session.err << (isKept ? "Stopped; what was rendered is kept in the project.\n"
                                   : "Stopped; what the take store did not take is lost.\n");
        }
        else
        {
            const bool isWhole = options.out.empty() ? ! isCut() : write();
            report.exitCode = ! isKept ? exitTryAgain : isWhole ? exitOk : exitCut;
        }
        if (! options.quiet)
            session.err << summary (report, *document) << '\n';
        if (options.json)
            session.out << toJson (report, *document, *store)
                               .dump (2, ' ', false, nlohmann::json::error_handler_t::replace)
                        << '\n';
        return report.exitCode;
    }

    /** Speech is missing in a take that nobody has chosen as it is. */
    bool isCut() const
    {
        const auto passages = project::passagesOf (*document);
        return std::any_of (passages.begin(), passages.end(), [this] (const auto& passage) {
            const auto& line = *document->lines[passage.first];
            const auto* take = heardTake (*document, passage);
            return take != nullptr && take->state == RecordState::CutOff && ! line.isLocked &&
                   line.chosen != take->id;
        });
    }

    /** @returns false if speech is missing in it. */
    bool write()
    {
        const auto playlist = playlistOf (*document);
        for (const auto& placed : playlist.takes)
            if (! store->has (project::samplesOf (*placed.take)))
                fail (
                    ErrorCode::NotFound,
                    fmt::format ("take {} is chosen and no longer in the take store, and this engine speaks "
                                 "otherwise. Choose another take.",
                                 placed.take->id.value),
                    options.script.string());
        noteAll (playlist.unheard);
        if (playlist.end.value == 0)
        {
            note (nothingAfterStart);
            return false;
        }
        const auto writer = orThrow (
            AudioWriter::create (options.out, orThrow (formatOf (options.out, sampleTypeOf (options)))));
        play (playlist, *store, [&] (std::span<const float> block) { orThrow (writer->write (block)); });
        report.seconds = static_cast<double> (writer->samples()) / static_cast<double> (modelSampleRateHz);
        report.output = options.out.string();
        report.isPartial = isCut() || ! playlist.unheard.empty();
        if (report.isPartial)
            report.output = orThrow (writer->keepPartial()).string();
        else
            orThrow (writer->finish());
        if (writer->clipped() > 0)
            note (fmt::format (
                "{} samples were too loud for a 16-bit file and were clipped. --format f32 keeps them.",
                writer->clipped()));
        return ! report.isPartial;
    }

    const RenderOptions& options;
    Session& session;
    Interrupt interrupt { [this] { session.exitNow (interrupt.exitCode()); } };
    const VoicingRequest request { .file = options.script,
                                   .model = options.model,
                                   .offload = options.offload,
                                   .typography = options.reading.typography,
                                   .note = [this] (const std::string& sentence) { note (sentence); },
                                   .isCancelled = [this] { return interrupt.came(); } };
    project::Recorder recorder;
    std::shared_ptr<TakeStore> takes;
    std::optional<RenderStore> store; // with what the project holds itself, and what `takes` refuse
    bool isKept = true;               // all that was rendered is in the store
    std::shared_ptr<const project::Document> document;
    std::optional<VoicedProject> voiced;
    std::vector<WantedTake> wanted;
    std::unique_ptr<Progress> progress;
    ProjectReport report;
    std::optional<project::Project> used; // the takes that it uses, as far as `books` have to know
    std::optional<project::Bookkeeper> books;
};
} // namespace

int renderProject (const RenderOptions& options, Session& session)
{
    return ProjectRender (options, session).run();
}
} // namespace tableread::engine
