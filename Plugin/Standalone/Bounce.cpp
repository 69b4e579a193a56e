// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Bounce.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <set>
#include <utility>

#include "Audio/OutputFile.h"
#include "Audio/Writer.h"
#include "Core/ExitCodes.h"
#include "Core/SameFile.h"
#include "Editor/StatusText.h"
#include "EngineLink/RunningEngine.h"
#include "Import/Import.h"
#include "Passage/Names.h"
#include "Processor/Workspace.h"
#include "Project/Casting.h"
#include "Project/File/Collect.h"
#include "Project/File/EmbeddedStore.h"
#include "Project/File/Headless/Casting.h"
#include "Project/File/Headless/Recorder.h"
#include "Project/File/Headless/VoiceChecks.h"
#include "Project/File/Place.h"
#include "Project/LineIds.h"
#include "Project/Locks.h"
#include "Project/Lookup.h"
#include "Project/Requests.h"
#include "Script/Notes.h"
#include "Standalone/StopBySignal.h"
#include "Standalone/TakeRecorder.h"
#include "Timeline/BeforeStart.h"
#include "Timeline/GapReport.h"
#include "Timeline/Gaps.h"
#include "Timeline/PlanReader.h"

namespace tableread::plugin
{
namespace
{
[[noreturn]] void refuse (std::string message, std::string where = {})
{
    throw Exception ({ ErrorCode::InvalidInput, std::move (message), std::move (where) });
}

void note (const std::string& sentence)
{
    std::cerr << "TableRead: " << sentence << '\n';
}

/** Lets a thread wait for changes of a project. */
class Changes
{
public:
    void tell()
    {
        const std::lock_guard lock (mutex);
        changed.notify_all();
    }

    template <typename Condition>
    void waitUntil (const Condition& condition)
    {
        std::unique_lock lock (mutex);
        changed.wait (lock, condition);
    }

private:
    std::mutex mutex;
    std::condition_variable changed;
};

/** One run, step by step. A signal ends it: what was rendered is kept, and no sound is written.

    Threads   one; and sayStopped() on the signal's. */
class Bounce
{
public:
    explicit Bounce (const BounceOptions& asked) : options (asked), recorder (asked.input) {}

    int run()
    {
        int code = exitOk;
        try
        {
            code = bounce();
        }
        catch (const Exception&)
        {
            if (! stop.came())
                throw;
        }
        if (! stop.came() || isWritten)
            return code;
        sayStopped();
        return stop.exitCode();
    }

private:
    using Document = std::shared_ptr<const project::Document>;

    int bounce()
    {
        checkOutput();
        for (const auto& problem : workspace.problems)
            note (problem.text());
        isProject = project::isProject (options.input);
        if (isProject)
            openProject();
        else
            readScript();
        chooseEngine();
        cast();
        setUpBounce();
        refuseRecordings();
        return stop.came() ? exitOk : play();
    }

    void sayStopped() const
    {
        note (std::string ("Stopped: ") +
              (isProject ? "what was rendered is kept in the project, and " : "") + options.output +
              (isWritten ? " is written." : " was not written."));
    }

    void checkOutput()
    {
        if (options.rate < (int) HostAudio::minRateHz || options.rate > (int) HostAudio::maxRateHz)
            refuse ("--rate " + std::to_string (options.rate) + " is not supported; 1000 to 1000000 are");
        refuseInput (options.input);
        std::error_code ignored;
        if (std::filesystem::is_directory (options.output, ignored))
            refuse ("is a folder. Give the name of a file in it.", options.output);
        format = orThrow (formatOf (options.output, SampleType::Int16, options.rate));
        if (format.container == Container::Wav)
            format.samples = SampleType::Float32;
        for (const auto& sentence : notesOnLeftBehind (options.output))
            note (sentence);
    }

    void openProject()
    {
        if (! options.ofScript.empty())
            refuse (listed (options.ofScript) +
                    " cannot be given for a project, which says itself what it needs. Leave it out.");
        const auto content = orThrow (project::readProject (options.input));
        document = content.document;
        for (const auto& sentence : content.notes)
            note (sentence);
        if (document->lines.empty())
            refuse ("has no lines to speak. Write some first.", options.input);
        auto& store = workspace.stage.store;
        if (store == nullptr)
            return;
        for (const auto& sentence : project::unpack (content, *store))
            note (sentence);
        store = std::make_shared<project::EmbeddedStore> (std::move (store), content.audio);
    }

    void readScript()
    {
        project::Project source;
        auto settings = source.document()->settings;
        settings.seed = options.seed;
        if (! options.gaps.empty())
        {
            const auto gaps = orThrow (readGaps (options.gaps));
            const auto inMs = [] (ModelSamples gap) { return (int) (gap.value * 1000 / modelSampleRateHz); };
            settings.gaps = { inMs (gaps.line), inMs (gaps.speaker), inMs (gaps.scene) };
        }
        orThrow (source.edit (project::SetSettings { std::move (settings) }));
        const auto voices = orThrow (readVoiceOptions (options.voices));
        for (const auto& [speaker, voice] : voices) // first: who has a voice is known to be a speaker
        {
            project::Member member;
            member.speaker = speaker;
            member.isChosen = true;
            member.moods.emplace_back().voice = voice;
            if (! voice.path.empty())
                member.moods.front().voice.path = std::filesystem::absolute (voice.path);
            orThrow (source.edit (project::SetMember { std::move (member) }));
        }
        const auto orName = [this] (auto read) {
            if (! read && read.error().where.empty())
                read.error().where = options.input;
            return orThrow (std::move (read));
        };
        orName (source.edit (project::SetScript { orThrow (readScriptText (options.input)) }));
        document = source.document();
        const auto script = orName (project::scriptOf (*document));
        orThrow (project::checkSpeakers (*document, voices, options.input));
        for (const auto& sentence : sentencesOf (script.notes))
            note (sentence);
    }

    /** The one that runs speaks for everybody, whatever program was asked for. */
    void chooseEngine()
    {
        auto& engine = workspace.stage.link.engine;
        if (options.engine.empty())
        {
            engine.search.setting = document->settings.engine;
            return;
        }
        engine.search.setting = options.engine;
        const auto program = orThrow (findEngine (engine.search));
        const auto running = engine.socket.empty() ? 0 : listenerAt (engine.socket);
        if (running == 0)
            return;
        std::error_code unknown;
        const auto other =
            std::filesystem::read_symlink ("/proc/" + std::to_string (running) + "/exe", unknown);
        const bool isIt =
            isSameFile (other, program) || // the engine goes on as a program that lies beside it
            isSameFile (other.parent_path() / program.filename(), program);
        if (unknown || ! isIt)
            note ("another engine is running, " +
                  (unknown ? "process " + std::to_string (running) : other.string()) +
                  ", and speaks in place of " + options.engine + ". End it first to use that one.");
    }

    void cast()
    {
        const auto found =
            orThrow (project::castProject (document, { .file = options.input,
                                                       .modelVoices = project::embeddedVoices(),
                                                       .reader = workspace.reader,
                                                       .store = workspace.stage.store.get() }));
        if (isProject)
            for (const auto& sentence : found.notes)
                note (sentence);
        const auto hasAudio = [store = workspace.stage.store] (const project::TakeRecord& take) {
            return store != nullptr && store->has (project::samplesOf (take));
        };
        needed = project::neededVoices (*found.document, hasAudio);
        orThrow (project::checkRecordings (needed, workspace.reader));
        if (isProject && found.document != document)
            orThrow (recorder.setCast (*document, *found.document));
        document = found.document;
    }

    /** For this bounce alone: a project keeps its own. */
    void setUpBounce()
    {
        auto settings = document->settings;
        settings.playsSlate = options.playsSlate.value_or (settings.playsSlate);
        if (options.patienceSeconds)
            settings.patienceSeconds = options.patienceSeconds;
        document = std::make_shared<const project::Document> (
            orThrow (project::apply (*document, project::SetSettings { std::move (settings) })));
    }

    void refuseRecordings() const
    {
        for (const auto& member : document->cast)
            for (const auto& mood : member->moods)
                refuseInput (mood.voice.path);
    }

    /** Also where links or other spellings hide that the output is a file that is read. */
    void refuseInput (const std::filesystem::path& input) const
    {
        if (isSameFile (options.output, input))
            refuse ("is also an input, which would be overwritten. Choose another output.", options.output);
    }

    int play()
    {
        auto writer = orThrow (AudioWriter::create (options.output, format, options.rate));
        project::Project source (withoutFailures (*document));
        TakeRecorder takes (recorder, workspace.stage.store, *document);
        std::optional<project::Bookkeeper> books;
        if (isProject)
            books.emplace (source, bookOptions());
        auto stageOptions = workspace.stage;
        stageOptions.patience = std::chrono::seconds (
            document->settings.patienceSeconds.value_or (project::Settings::usualPatienceSeconds));
        playback::Player player (source, std::move (stageOptions));
        Changes changes;
        auto listening = source.listen ([&] (const Document& now, const project::Change&) {
            if (isProject)
                takes.record (*now);
            changes.tell();
        });
        player.stage().setHostRate (options.rate);
        if (! write (player.stage(), *writer))
        {
            writer.reset();
            return exitOk;
        }
        const auto report = reportOf (player.stage());
        const auto unheard = unheardIn (player.stage());
        for (const auto& sentence : unheard)
            note (sentence);
        if (end.value > 0)
            tell ({ .document = document, .view = player.stage().view() }, report);
        else
            note (nothingAfterStart);
        changes.waitUntil ([&] { return hasTakes (*source.document(), *player.stage().view()); });
        listening.reset();
        const auto damaged = player.damagedTakes();
        std::set<std::string> problems (damaged.begin(), damaged.end());
        if (books)
        {
            books->keep (report);
            books->close();
            if (const auto file = books->lastReport(); ! file.empty())
                note ("the gaps also stand in " + file.string());
            for (const auto& problem : books->problems())
                problems.insert (problem);
        }
        const auto& unrecorded = takes.problem();
        for (const auto& problem : { player.storeProblem(), unrecorded })
            if (problem)
                problems.insert (problem->text());
        for (const auto& problem : problems)
            note (problem);
        if (unrecorded)
            return exitCodeOf (unrecorded->code);
        const bool isWhole = report.isEmpty() && unheard.empty() && ! isCut (player.stage());
        return isWhole && end.value > 0 ? exitOk : exitCut;
    }

    project::Bookkeeper::Options bookOptions()
    {
        auto books = workspace.books;
        books.drawId = [this] { return recorder.giveId(); };
        return books;
    }

    /** What failed before is tried again. */
    static project::Document withoutFailures (project::Document document)
    {
        std::erase_if (document.takes,
                       [] (const auto& take) { return take->state == project::TakeRecord::State::Failed; });
        return document;
    }

    /** All that was rendered is in the project, and kept if that is possible. */
    static bool hasTakes (const project::Document& now, const playback::View& view)
    {
        const auto passages = project::passagesOf (now);
        const project::Choices choices (now);
        for (std::size_t i = 0; i < passages.size(); ++i)
            if (view.parts[i].state == playback::PartState::Done && choices.of (passages[i]).take == nullptr)
                return false;
        return true;
    }

    /** @returns false if a signal came before the end. */
    bool write (playback::Stage& stage, AudioWriter& writer)
    {
        const StopBySignal::Breaking breaking (stop, stage);
        std::array<float, 4096> block {};
        PlanReader reader;
        for (std::int64_t at = 0;;)
        {
            const auto& plan = stage.planFor ({ { at }, block.size(), true, true });
            if (stop.came())
                return false;
            if (at == 0)
                checkNames (stage);
            refuseBeyondModel (*stage.view());
            end = toHost (stage.view()->end, options.rate);
            if (at >= end.value)
                break;
            const auto count = (std::size_t) std::min ((std::int64_t) block.size(), end.value - at);
            reader.read (plan, { at }, { std::span (block).first (count) });
            orThrow (writer.write (std::span (block).first (count)));
            at += (std::int64_t) count;
        }
        if (end.value > 0)
            orThrow (writer.finish());
        isWritten = end.value > 0;
        return true;
    }

    /** Sentences on what lies before the file's begin. */
    std::vector<std::string> unheardIn (playback::Stage& stage) const
    {
        return notesOnSpeechBeforeStart (stage.planFor ({ end, 1, true, true }), options.rate,
                                         [this] (std::uint64_t line) { return titleOf (line); });
    }

    /** Who they are is only known when an engine has answered. */
    void checkNames (const playback::Stage& stage) const
    {
        if (const auto known = stage.engine().voices)
            orThrow (project::checkNames (needed, *known));
    }

    /** What is too long for the model would be so the next time, too: before a file is written, not behind hours of speech. */
    void refuseBeyondModel (const playback::View& view) const
    {
        for (const auto& part : view.parts)
            if (part.state == playback::PartState::Failed && part.take != nullptr &&
                part.take->error().code == ErrorCode::OutOfRange)
                refuse (part.reason, titleOf (part.line));
    }

    GapReport reportOf (playback::Stage& stage) const
    {
        const auto& plan = stage.planFor ({ end, 1, true, true });
        const auto gaps = stage.gaps();
        const auto holes = plan.holes ({ 0 }, (std::size_t) end.value);
        auto report = tableread::reportOf (holes, options.rate, [&] (std::uint64_t line) {
            const auto gap =
                std::find_if (gaps.begin(), gaps.end(), [&] (const auto& each) { return each.line == line; });
            return LineText { titleOf (line), gap != gaps.end() ? gap->why : std::string() };
        });
        report.hasSlates = document->settings.playsSlate;
        report.remark = project::olderLocksText (project::olderLocks (*document));
        return report;
    }

    std::string titleOf (std::uint64_t line) const
    {
        for (const auto& passage : project::passagesOf (*document))
            if (document->lines[passage.first]->id.value == line)
                return project::titleOf (*document, passage);
        return {};
    }

    static bool isCut (const playback::Stage& stage)
    {
        const auto view = stage.view();
        return std::any_of (view->parts.begin(), view->parts.end(), [] (const auto& part) {
            return part.take != nullptr && part.take->state() == TakeState::Done &&
                   part.take->ending() == Take::Ending::CutOff;
        });
    }

    void tell (const Showing& now, const GapReport& report) const
    {
        auto& words = isStandardOutput (options.output) ? std::cerr : std::cout;
        words << options.output << ": " << clockText ((double) end.value / options.rate) << " of speech at "
              << options.rate << " Hz\n";
        if (report.isEmpty())
            words << describe (now, std::nullopt).text << '\n';
        else
            std::cerr << toText (report, options.output);
    }

    const BounceOptions& options;
    const project::Recorder recorder; // of a project
    Workspace::Options workspace = Workspace::currentOptions();
    AudioFormat format;
    std::atomic<bool> isProject { false };
    Document document;
    std::vector<project::NeededVoice> needed; // for what has to be rendered
    HostSamples end;
    std::atomic<bool> isWritten { false };          // whole
    StopBySignal stop { [this] { sayStopped(); } }; // last: it ends first
};
} // namespace

int bounceToFile (const BounceOptions& options)
{
    return Bounce (options).run();
}
} // namespace tableread::plugin
