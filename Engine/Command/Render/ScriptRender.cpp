// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/ScriptRender.h"

#include <chrono>
#include <mutex>
#include <optional>

#include <nlohmann/json.hpp>

#include "Command/NumberOptions.h"
#include "Command/Render/OutputChecks.h"
#include "Command/Render/PassageBatch.h"
#include "Command/Render/Preparation.h"
#include "Command/Render/Progress.h"
#include "Command/Render/Report.h"
#include "Command/Render/SpeechOutput.h"
#include "Core/Process/Interrupt.h"
#include "Render/Seats.h"

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;

double millisecondsSince (Clock::time_point begin)
{
    return std::chrono::duration<double, std::milli> (Clock::now() - begin).count();
}

/** One run of the subcommand, step by step.

    Threads   one; and the interrupt's, which ends the run where it does not stop by itself. `mutex` guards the output
              and the report from the moment at which the output is open.
*/
class ScriptRender
{
public:
    ScriptRender (const RenderOptions& wanted, Session& given) : options (wanted), session (given) {}

    int run()
    {
        std::optional<Error> failure;
        try
        {
            prepared = prepare (options, session,
                                { .note = [this] (const std::string& sentence) { note (sentence); },
                                  .isCancelled = [this] { return interrupt.came(); } });
            openOutput();
            speak();
        }
        catch (const Exception& exception)
        {
            failure = exception.error;
        }
        catch (const std::bad_alloc&)
        {
            failure = outOfMemory();
        }
        catch (const std::exception& exception)
        {
            failure = { ErrorCode::Internal, exception.what(), {} };
        }
        const std::lock_guard lock (mutex);
        return over ? interrupt.exitCode() : end (failure);
    }

private:
    void note (const std::string& sentence)
    {
        const std::lock_guard lock (mutex);
        report.notes.push_back (sentence);
        if (progress != nullptr)
            progress->note (sentence);
        else if (! options.quiet)
            session.err << sentence << '\n';
    }

    void openOutput()
    {
        for (const auto& sentence : notesOnOldFiles (options.out, options.stems, prepared.stems))
            note (sentence);
        if (isDrawn (options.seed))
            note ("The seed is " + std::to_string (options.settings.seed) + ".");
        const std::lock_guard lock (mutex);
        if (over)
            return;
        output = orThrow (SpeechOutput::open ({ .file = options.out,
                                                .raw = options.raw ? &session.out : nullptr,
                                                .stems = options.stems,
                                                .samples = sampleTypeOf (options) }));
    }

    void speak()
    {
        auto begin = Clock::now();
        if (! interrupt.came())
            renderer = session.load (prepared.load);
        if (interrupt.came())
            return;
        report.loadMs = millisecondsSince (begin);
        report.model = renderer->info();
        for (const auto& sentence : report.model.notes)
            note (sentence);
        if (! options.quiet)
            session.err << options.offload.effective (report.model);

        encodeVoices();
        if (interrupt.came())
            return;
        const auto passages = static_cast<int> (prepared.reading.passages.size());
        const int asked = prepared.load.offload.settings.passages;
        report.seats =
            asked > 0 ? std::min (asked, renderer->info().mostPassages) : measureSeats (*renderer, passages);

        showProgress();
        renderBegin = Clock::now();
        speakPassages();
        const std::lock_guard lock (mutex);
        if (! interrupt.came() && ! over)
            output->silence (prepared.reading.pauseAfter.value);
    }

    void showProgress()
    {
        if (options.quiet)
            return;
        std::vector<Progress::Passage> titles;
        for (const auto& passage : prepared.reading.passages)
            titles.push_back ({ prepared.reading.titleOf (passage), passage.letters() });
        const std::lock_guard lock (mutex);
        progress = std::make_unique<Progress> (
            session.err, titles,
            Progress::Options { .columns = session.terminalColumns,
                                .secondsPerFrame = static_cast<double> (report.model.frameSamples) /
                                                   static_cast<double> (report.model.sampleRateHz) });
    }

    void encodeVoices()
    {
        constexpr std::int64_t piece = 8; // frames, about a second
        const auto begin = Clock::now();
        for (const auto& voice : prepared.voices)
        {
            encoded.push_back (renderer->makeVoice ({ std::shared_ptr<void>(), &voice.audio }));
            while (encoded.back()->framesLeft() > 0 && ! interrupt.came())
                encoded.back()->encode (piece);
        }
        report.voicesMs = millisecondsSince (begin);
    }

    void speakPassages()
    {
        std::vector<PassageJob> jobs;
        for (const auto& passage : prepared.reading.passages)
            jobs.push_back ({ .passage = voiced (passage), .settings = options.settings });
        PassageBatch batch (
            *renderer, report.seats,
            { .begin = [this] (std::size_t passage) { beginPassage (prepared.reading.passages[passage]); },
              .frame = [this] (std::span<const float> frame) { writeFrames (frame); },
              .end = [this] (std::size_t, RenderReport rendered) { keep (std::move (rendered)); },
              .isCancelled =
                  [this] {
                      const std::lock_guard lock (mutex);
                      return over || interrupt.came() || output->failed();
                  } });
        try
        {
            batch.speak (std::move (jobs));
        }
        catch (const Exception& exception)
        {
            if (! exception.error.where.empty() || ! current)
                throw;
            throw Exception ({ exception.error.code, exception.error.message, current->title });
        }
        const std::lock_guard lock (mutex);
        if (! over)
            orThrow (output->state());
    }

    VoicedPassage voiced (const Passage& passage) const
    {
        VoicedPassage wanted { passage.lines, {} };
        for (const int index : passage.speakers)
            wanted.voices.push_back (encoded[static_cast<std::size_t> (index)]);
        return wanted;
    }

    void beginPassage (const Passage& passage)
    {
        const std::lock_guard lock (mutex);
        if (over)
            return;
        current.emplace();
        current->title = prepared.reading.titleOf (passage);
        current->scene = prepared.reading.scenes[static_cast<std::size_t> (passage.scene)];
        current->lines = passage.sourceLines;
        current->render.finish = FinishReason::Cancelled; // until it has ended
        for (const int index : passage.speakers)
            current->speakers.push_back (prepared.reading.speakers[static_cast<std::size_t> (index)]);
        current->pauseSamples = passage.pauseBefore.value;
        output->silence (passage.pauseBefore.value);
        current->startSample = output->samples();
        if (! prepared.stems.empty())
            output->beginPassage (prepared.stems[report.passages.size()]);
    }

    void writeFrames (std::span<const float> frames)
    {
        const std::lock_guard lock (mutex);
        if (over)
            return;
        output->write (frames);
        if (progress != nullptr)
            for (auto left = std::ssize (frames); left > 0; left -= report.model.frameSamples)
                progress->frame();
    }

    void keep (RenderReport rendered)
    {
        const std::lock_guard lock (mutex);
        if (over)
            return;
        current->render = std::move (rendered);
        endPassage();
    }

    /** Adds the passage to the report, finished or not. */
    void endPassage()
    {
        auto& passage = *current;
        const auto finish = passage.render.finish;
        passage.samples = output->samples() - passage.startSample;
        const bool isComplete = finish == FinishReason::Stop || finish == FinishReason::MaxSeconds;
        if (auto file = output->endPassage (isComplete))
            passage.file = file->string();
        else
            problems.push_back (file.error());
        if (progress != nullptr && finish != FinishReason::Cancelled)
            progress->passageEnded();
        if (const auto warning = lengthWarning (passage, report.model); ! warning.empty())
        {
            report.notes.push_back (warning);
            if (progress != nullptr)
                progress->note (warning);
        }
        report.passages.push_back (std::move (passage));
        current.reset();
    }

    /** Gives the outputs their names and reports. Called with the mutex locked; once. */
    int end (std::optional<Error> failure)
    {
        over = true;
        if (current)
            endPassage(); // it was cut off by an error, or by the interrupt's thread
        progress.reset();
        report.renderMs = millisecondsSince (renderBegin);
        report.interrupted = interrupt.came();
        if ((report.interrupted || failure) && report.speechSeconds() <= 0.0)
            return endWithNothing (failure);
        noteClipping();
        keepFiles (failure);
        report.script = options.script.string();
        report.comments = prepared.reading.comments;
        report.settings = options.settings;
        report.dtype = options.model.dtype;
        report.failure = failure;
        report.exitCode = report.interrupted ? interrupt.exitCode()
                          : failure          ? exitCodeOf (failure->code)
                          : report.isCut()   ? exitCut
                                             : exitOk;
        if (failure && ! report.interrupted)
            session.err << "tableread-engine: " << failure->text() << '\n';
        if (! options.quiet)
            session.err << summary (report) << '\n';
        if (options.json)
            session.out << toJson (report).dump (2, ' ', false, nlohmann::json::error_handler_t::replace)
                        << '\n';
        return report.exitCode;
    }

    int endWithNothing (const std::optional<Error>& failure)
    {
        output.reset();
        if (! report.interrupted)
            throw Exception (*failure);
        session.err << "Stopped before anything was rendered; nothing was written.\n";
        return interrupt.exitCode();
    }

    void noteClipping()
    {
        const auto clipped = output->clipped();
        if (clipped == 0)
            return;
        report.notes.push_back (std::to_string (clipped) +
                                " samples were too loud for a 16-bit file and were clipped. "
                                "--format f32 keeps them.");
        if (! options.quiet)
            session.err << report.notes.back() << '\n';
    }

    /** The whole file, or what there is of it; an error that comes up here becomes `failure`. */
    void keepFiles (std::optional<Error>& failure)
    {
        const auto remember = [&failure] (const Error& error) {
            if (! failure)
                failure = error;
        };
        if (! report.interrupted && ! failure && ! report.isCut())
            if (auto written = output->finish(); ! written)
                remember (written.error());
        report.isPartial = report.interrupted || failure || report.isCut();
        report.output = options.out.empty() ? options.stems.string() : options.out.string();
        if (report.isPartial)
        {
            if (auto kept = output->keepPartial(); ! kept)
                remember (kept.error());
            else if (! kept->empty())
                report.output = kept->string();
        }
        for (const auto& problem : problems)
            remember (problem);
    }

    /** On the interrupt's thread: the work has not stopped by itself. */
    void endNow()
    {
        constexpr auto patience = std::chrono::milliseconds (300); // for a drive that does not answer
        if (const std::unique_lock lock (mutex, patience); lock && ! over)
            end ({});
        session.exitNow (interrupt.exitCode());
    }

    const RenderOptions& options;
    Session& session;
    std::timed_mutex mutex;
    bool over = false; // nothing more is written
    Interrupt interrupt { [this] { endNow(); } };
    Preparation prepared;
    std::unique_ptr<SpeechOutput> output;
    std::unique_ptr<Renderer> renderer;
    std::vector<std::shared_ptr<EncodedVoice>> encoded; // of the speakers; made by `renderer`
    std::unique_ptr<Progress> progress;
    Clock::time_point renderBegin = Clock::now();
    std::optional<PassageReport> current; // the one that is being spoken
    std::vector<Error> problems;          // of stems that could not be named
    ScriptReport report;
};
} // namespace

int renderScript (const RenderOptions& options, Session& session)
{
    return ScriptRender (options, session).run();
}
} // namespace tableread::engine
