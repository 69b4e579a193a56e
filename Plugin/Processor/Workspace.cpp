// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/Workspace.h"

#include <algorithm>
#include <utility>

#include "Project/Casting.h"
#include "Project/File/Collect.h"
#include "Project/File/Voices.h"
#include "Project/LineIds.h"
#include "Script/Notes.h"

namespace tableread::plugin
{
namespace
{
playback::WaitMode waitModeOf (project::RenderWait wait)
{
    switch (wait)
    {
        case project::RenderWait::Always:
            return playback::WaitMode::Always;
        case project::RenderWait::Never:
            return playback::WaitMode::Never;
        case project::RenderWait::Auto:
            break;
    }
    return playback::WaitMode::Auto;
}

bool isUnread (const project::Mood& mood)
{
    return ! mood.voice.path.empty() && mood.content.empty();
}

bool hasUnread (const project::Member& member)
{
    return std::any_of (member.moods.begin(), member.moods.end(), isUnread);
}

/** The same document with those members alone who have a recording that was not read yet. */
std::shared_ptr<const project::Document> withUnread (const project::Document& document)
{
    auto copy = document;
    std::erase_if (copy.cast, [] (const auto& member) { return ! hasUnread (*member); });
    return std::make_shared<const project::Document> (std::move (copy));
}

playback::Stage::Options withStore (playback::Stage::Options options, std::shared_ptr<SampleStore> store)
{
    options.store = std::move (store);
    return options;
}

void append (std::vector<std::string>& all, const std::vector<std::string>& more)
{
    for (const auto& sentence : more)
        if (std::find (all.begin(), all.end(), sentence) == all.end())
            all.push_back (sentence);
}
} // namespace

bool Showing::isRendering() const
{
    return std::any_of (view->parts.begin(), view->parts.end(), [] (const playback::PartView& part) {
        return part.state == playback::PartState::Queued || part.state == playback::PartState::Rendering;
    });
}

Workspace::Workspace (Options options)
    : startProblems (std::move (options.problems))
    , store (options.stage.store)
    , embedded (store != nullptr ? std::make_shared<project::EmbeddedStore> (store) : nullptr)
    , reader (std::move (options.reader))
    , engine (options.stage.link.engine)
    , books (source, std::move (options.books))
    , played (source, withStore (std::move (options.stage), embedded),
              [this] (const GapReport& report) { books.keep (report); })
    , heard (source, played.stage(), embedded)
    , scripts ([this] { readScript(); })
    , recordings ([this] { findRecordings(); })
    , listening (
          source.listen ([this] (const auto& document, const auto& change) { changed (document, change); }))
{}

Workspace::~Workspace()
{
    leaving = true;
}

/** A project's listener. */
void Workspace::changed (const Document& document, const project::Change& change)
{
    snapshot.set (document);
    if (editor.load() == std::this_thread::get_id())
        hasChanged = true;
    const auto& settings = document->settings;
    if (change.settings || change.isWhole)
    {
        auto& stage = played.stage();
        const std::lock_guard lock (mutex);
        if (wait != settings.host.wait)
            stage.setWaitMode (waitModeOf (settings.host.wait));
        if (program != settings.engine)
            stage.setProgram (settings.engine);
        if (patienceSeconds != settings.patienceSeconds)
            stage.setPatience (std::chrono::seconds (
                settings.patienceSeconds.value_or (project::Settings::usualPatienceSeconds)));
        program = settings.engine;
        patienceSeconds = settings.patienceSeconds;
        wait = settings.host.wait;
    }
    if (change.isWhole || change.cast || change.order || ! change.lines.empty())
        scripts.ask();
    if (change.cast && std::any_of (document->cast.begin(), document->cast.end(),
                                    [] (const auto& member) { return hasUnread (*member); }))
        recordings.ask();
    if (change.takes && isCollected())
        recordings.ask();
}

std::optional<Error> Workspace::whyReadOnly() const
{
    return isReadOnly() ? kept.problem() : std::nullopt;
}

Result<void> Workspace::edit (const project::Edit& edit)
{
    if (const auto problem = whyReadOnly())
        return tl::unexpected (Error {
            ErrorCode::Conflict, "nothing can be edited as long as this is kept: " + problem->text(), {} });
    scripts.wait();
    return byUser ([&] { return source.edit (edit); });
}

bool Workspace::undo()
{
    if (isReadOnly())
        return false;
    scripts.wait();
    return byUser ([this] { return source.undo(); });
}

bool Workspace::redo()
{
    if (isReadOnly())
        return false;
    scripts.wait();
    return byUser ([this] { return source.redo(); });
}

void Workspace::setScript (std::string text)
{
    {
        const std::lock_guard lock (mutex);
        typed = std::move (text);
        ++typings;
    }
    scripts.ask();
}

void Workspace::settle()
{
    scripts.wait();
    if (recordings.isIdle())
        playsUnsettled = false;
    else if (! playsUnsettled)
        playsUnsettled = ! recordings.waitFor (std::chrono::seconds (
            document()->settings.patienceSeconds.value_or (project::Settings::usualPatienceSeconds)));
}

bool Workspace::isSettled() const
{
    return scripts.isIdle() && recordings.isIdle();
}

/** The scripts' worker. */
void Workspace::readScript()
{
    std::unique_lock lock (mutex);
    auto text = std::exchange (typed, std::nullopt);
    const auto typing = typings;
    lock.unlock();
    if (text)
    {
        const auto edited =
            isReadOnly() ? Result<void>()
                         : byUser ([&] { return source.edit (project::SetScript { std::move (*text) }); });
        lock.lock();
        typingProblem = edited ? std::nullopt : std::optional (edited.error());
        readTypings = typing;
        lock.unlock();
    }
    auto voices = played.voices();
    source.giveVoices (voices);
    const auto document = source.document();
    const auto script = project::scriptOf (*document);
    auto notes = script ? sentencesOf (script->notes) : std::vector<std::string>();
    append (notes, project::castNotes (*document));
    lock.lock();
    givenVoices = std::move (voices);
    scriptNotes = std::move (notes);
    scriptProblem = script ? std::nullopt : std::optional (script.error());
    lock.unlock();
    playOrRefuse();
}

/** What is not the project's, or has no lines since nobody can read it, is no silence: a bounce says so. */
void Workspace::playOrRefuse()
{
    const std::lock_guard order (refusing);
    auto why = whyReadOnly();
    {
        const std::lock_guard lock (mutex);
        if (! why)
            why = typingProblem;
        if (! why && scriptProblem && scriptProblem->code == ErrorCode::Unsupported)
            why = scriptProblem;
    }
    played.refuse (std::move (why));
}

/** The recordings' worker. */
void Workspace::findRecordings()
{
    std::unique_lock lock (mutex);
    const bool isOpening = std::exchange (isOpened, false);
    const bool isWhole = std::exchange (looksAgain, false) || isOpening || ! missingVoices.empty();
    project::VoicePlaces places { .folder = folder, .know = [this] (const std::filesystem::path& file) {
                                     auto process = reader;
                                     process.isCancelled = [this] { return leaving.load(); };
                                     return project::knowRecording (file, process);
                                 } };
    if (store != nullptr)
        places.inStore = [this] (const std::string& hash) { return store->fileWith (hash); };
    lock.unlock();
    const auto unpacked = isOpening && store != nullptr ? project::unpack (snapshot.content(), *store)
                                                        : std::vector<std::string>();
    const auto document = source.document();
    const auto wanted = isWhole ? document : withUnread (*document);
    const auto found = project::findVoices (wanted, places);
    for (std::size_t i = 0; i < wanted->cast.size() && found.document != wanted; ++i)
        for (std::size_t k = 0; k < wanted->cast[i]->moods.size(); ++k)
        {
            const auto& before = wanted->cast[i]->moods[k];
            const auto& mood = found.document->cast[i]->moods[k];
            if (mood.content != before.content)
                source.setVoiceContent (before.voice, mood.content);
            if (mood.voice.path != before.voice.path)
                source.moveVoice (before.voice, mood.voice.path);
        }
    collectTakes();
    lock.lock();
    append (openingNotes, unpacked);
    if (isWhole)
    {
        voiceNotes.clear();
        missingVoices.clear();
    }
    for (const auto& member : wanted->cast) // what is said of them now is in place of what was
        std::erase_if (voiceNotes,
                       [&] (const auto& note) { return note.starts_with (member->speaker + "'s voice "); });
    append (voiceNotes, found.notes);
    missingVoices.insert (missingVoices.end(), found.missing.begin(), found.missing.end());
    lock.unlock();
    if (isOpening && source.document()->settings.host.rendersAhead)
        played.renderAll();
}

/** The recordings' worker. */
void Workspace::collectTakes()
{
    auto content = snapshot.content();
    const auto before = content.audio;
    std::vector<std::string> notes;
    if (before != nullptr && embedded != nullptr)
    {
        content.notes.clear();
        const auto collected = project::collect (content, *embedded);
        if (! collected)
            notes = { collected.error().text() };
        else if (snapshot.setAudio (before, collected->audio)) // else the user has changed it meanwhile
            notes = collected->notes;
    }
    const std::lock_guard lock (mutex);
    soundNotes = std::move (notes);
}

void Workspace::lookForRecordings()
{
    {
        const std::lock_guard lock (mutex);
        looksAgain = true;
    }
    recordings.ask();
}

void Workspace::setCollected (bool isWanted)
{
    const auto before = snapshot.content().audio;
    if (isReadOnly() || isWanted == (before != nullptr) ||
        ! snapshot.setAudio (before, isWanted ? std::make_shared<const project::EmbeddedAudio>() : nullptr))
        return;
    recordings.ask();
    if (onUserEdit)
        onUserEdit();
}

void Workspace::readTyped()
{
    scripts.wait();
    source.waitForListeners(); // a take that is shown as done is saved
    if (isCollected())
        recordings.wait();
}

Result<void> Workspace::checkScript (const project::Document& document)
{
    if (! document.lines.empty())
        return {};
    const auto script = project::scriptOf (document);
    return script ? Result<void>() : tl::unexpected (script.error());
}

Result<void> Workspace::render()
{
    scripts.wait();
    if (const auto problem = whyReadOnly())
        return tl::unexpected (*problem);
    const auto document = source.document();
    if (auto checked = checkScript (*document); ! checked)
        return checked;
    auto host = document->settings.host;
    host.rendersAhead = true;
    source.setHost (host);
    lookForRecordings();
    played.renderAll();
    return {};
}

void Workspace::stop()
{
    auto host = source.document()->settings.host;
    host.rendersAhead = false;
    source.setHost (host);
    played.stage().stop();
}

Result<void> Workspace::tryAgain (bool withEmbeddedModel)
{
    played.stage().tryAgain (withEmbeddedModel);
    return render();
}

project::Snapshot::Text Workspace::save()
{
    readTyped();
    if (auto bytes = kept.bytes())
        return bytes;
    return snapshot.text();
}

void Workspace::load (std::string_view bytes, std::filesystem::path from)
{
    scripts.wait(); // what was typed before is of the project before
    if (const auto content = kept.open (bytes))
        show (*content, std::move (from));
    else
        playOrRefuse();
    ++loadCount;
}

void Workspace::load (const project::Content& content, std::filesystem::path from)
{
    scripts.wait();
    kept.discard();
    show (content, std::move (from));
    ++loadCount;
}

std::filesystem::path Workspace::projectFolder() const
{
    const std::lock_guard lock (mutex);
    return folder;
}

void Workspace::show (const project::Content& content, std::filesystem::path from)
{
    {
        const std::lock_guard lock (mutex);
        folder = std::move (from);
        openingNotes = content.notes;
        voiceNotes.clear();
        soundNotes.clear();
        missingVoices.clear();
        typingProblem.reset();
        scriptProblem.reset();
    }
    heard.stop();
    played.stage().stop();
    if (embedded != nullptr)
        embedded->setAudio (content.audio);
    played.forgetReports();
    snapshot.set (content); // before the listener, which knows the document alone
    source.replace (*content.document);
    playOrRefuse();
    played.stage().settle();
    {
        const std::lock_guard lock (mutex);
        isOpened = true; // not before: the recordings' worker may be busy with the project before
    }
    recordings.ask();
}

void Workspace::discard()
{
    if (! isReadOnly())
        return;
    kept.discard();
    playOrRefuse();
    ++loadCount;
    if (onUserEdit)
        onUserEdit();
}

Showing Workspace::showing()
{
    const auto& stage = played.stage();
    std::unique_lock lock (mutex);
    const bool isScriptRead = typings == readTypings; // first: the document is then as new
    lock.unlock();
    Showing now { .document = source.document(),
                  .view = stage.view(),
                  .link = stage.engine(),
                  .progress = stage.progress(),
                  .gaps = stage.gaps(),
                  .bounced = played.lastBounce(),
                  .played = played.lastPlayed(),
                  .isPlaying = stage.isPlaying(),
                  .lateSeconds = (double) stage.late() / stage.hostRate(),
                  .voices = played.voices(),
                  .isReadOnly = isReadOnly(),
                  .isScriptRead = isScriptRead };
    if (const auto problem = whyReadOnly())
        now.problems.push_back (*problem);
    now.problems.insert (now.problems.end(), startProblems.begin(), startProblems.end());
    if (const auto problem = played.storeProblem())
        now.problems.push_back (*problem);
    append (now.notes, played.damagedTakes());
    for (const auto& sentence : books.problems())
        now.problems.push_back ({ ErrorCode::Io, sentence, {} });
    lock.lock();
    now.isScriptRefused = typingProblem.has_value();
    if (typingProblem)
        now.problems.push_back (*typingProblem);
    now.scriptProblem = scriptProblem;
    now.missingVoices = missingVoices;
    for (const auto* const notes : { &openingNotes, &voiceNotes, &soundNotes, &scriptNotes })
        append (now.notes, *notes);
    if (now.voices != givenVoices) // an engine has said which voices it has
        scripts.ask();
    return now;
}
} // namespace tableread::plugin
