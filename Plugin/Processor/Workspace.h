// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "Playback/Player.h"
#include "Processor/Audition.h"
#include "Processor/Worker.h"
#include "Project/File/EmbeddedStore.h"
#include "Project/File/KeptState.h"
#include "Project/File/Snapshot.h"
#include "Project/Open/Bookkeeper.h"
#include "Project/Project.h"
#include "Voice/ReaderProcess.h"

namespace tableread::plugin
{
/** What an editor shows, as it is at one moment. */
struct Showing
{
    std::shared_ptr<const project::Document> document = std::make_shared<const project::Document>();
    std::shared_ptr<const playback::View> view = std::make_shared<const playback::View>();
    LinkStatus link {};
    LinkProgress progress {};
    std::vector<playback::Gap> gaps {};  // of the last bounce
    playback::Player::Report bounced {}; // what the last bounce lacked that is over; null: there was none
    playback::Player::Report played {};  // when it was played last in real time; null: it never was
    bool isPlaying = false;              // the transport
    double lateSeconds = 0.0;            // of speech that was silent since it started
    std::vector<std::string> voices {};  // of the model
    std::vector<VoiceReference> missingVoices {}; // recordings that are nowhere
    std::vector<std::string> notes {}; // sentences on the script, the cast, and how the project was opened
    std::vector<Error> problems {};    // what does not work, and what to do
    std::optional<Error> scriptProblem {}; // why there are no lines
    bool isReadOnly = false;               // see Workspace::isReadOnly()
    bool isScriptRead = true;              // what was typed is in `document`, unless it …
    bool isScriptRefused = false;          // … cannot be: `problems` says why

    /** Speech is being rendered, or waits for it. */
    bool isRendering() const;
};

/** One instance of the plugin, or of the app, without JUCE: a project, who plays it, and what is saved of it. The processor,
    the editor and the app work on this.

    Edits     through edit(), undo() and redo(), so that a project that could not be opened is not changed, and the host is
              told. What is typed goes through setScript(), which only hands it on.
    Threads   any; of the audio thread only player().stage().planFor() and read(), what audition() has for it, and in an offline bounce settle(). Calls that edit
              wait for each other. */
class Workspace
{
public:
    struct Options
    {
        playback::Stage::Options stage;
        std::vector<Error> problems {}; // that were found while these were made up
        ReaderProcess reader {};        // of recordings
        project::Bookkeeper::Options books {};
    };

    /** As the environment and the settings file say. */
    static Options currentOptions();

    explicit Workspace (Options options = currentOptions());
    ~Workspace();

    /** What an engine is found and started with. */
    const Supervisor::Options& engineOptions() const noexcept { return engine; }

    project::Project& project() noexcept { return source; }
    playback::Player& player() noexcept { return played; }
    Audition& audition() noexcept { return heard; }
    std::shared_ptr<const project::Document> document() const { return source.document(); }

    /** Called after each change that a user has made, on any thread. To be set while nobody edits. */
    std::function<void()> onUserEdit;

    /** @returns Conflict for a project that is read-only, else what Project::edit() does. */
    [[nodiscard]] Result<void> edit (const project::Edit& edit);
    bool undo();
    bool redo();

    /** The script as it is typed: the newest is read, on a thread of its own. A project that is read-only keeps its own. */
    void setScript (std::string text);

    /** Waits until the project has the script that was typed, and its recordings were found: for these, since their drive may
        hang, no longer than a bounce is patient, and once. */
    void settle();

    /** Whether settle() need not wait. */
    bool isSettled() const;

    /** Has what is missing rendered, now and later, with the recordings as they are now. @returns why that makes no sense. */
    [[nodiscard]] Result<void> render();
    void stop();

    /** In safe mode: the same, with a new engine, which has only the embedded model if that is wanted. */
    [[nodiscard]] Result<void> tryAgain (bool withEmbeddedModel);

    /** The state for the host's session: the project, or the bytes that could not be opened. */
    project::Snapshot::Text save();

    /** Opens a state or a project's file, and renders ahead if that was being done when it was saved. One that cannot be opened
        is kept byte for byte, and the project stays as it was.
        @param folder  of the project's file; empty: it has none. */
    void load (std::string_view bytes, std::filesystem::path folder = {});

    /** A project that was read already. */
    void load (const project::Content& content, std::filesystem::path folder);

    /** Of the project's file, as it was opened; empty: it has none. */
    std::filesystem::path projectFolder() const;

    /** Has all recordings of the cast looked for, since they may be others now, or elsewhere. */
    void lookForRecordings();

    /** Has the sound of all takes that are in the store, and of those to come, saved in the project itself, so that they play
        on another machine; or leaves it out again. */
    void setCollected (bool isWanted);
    bool isCollected() const { return snapshot.content().audio != nullptr; }

    /** What is saved of it: with all that was typed, but for what readTyped() waits for. */
    project::Content content() const { return snapshot.content(); }

    /** Waits until content() has the script that was typed, all takes that the project has, and the sound if it is
        collected. */
    void readTyped();

    /** Changes with each load(). */
    std::uint64_t loads() const noexcept { return loadCount; }

    /** What was loaded could not be opened, and is kept. */
    bool isReadOnly() const { return kept.isReadOnly(); }

    /** Lets go of what could not be opened: from now on the host gets the project. */
    void discard();

    Showing showing();

    /** Whether speech has to be rendered before all of it can be heard. */
    static Result<void> checkScript (const project::Document& document);

private:
    using Document = std::shared_ptr<const project::Document>;

    std::optional<Error> whyReadOnly() const;
    void playOrRefuse();

    /** Makes a user's edit, and tells of it if it changes anything. */
    template <typename Edit>
    auto byUser (const Edit& make)
    {
        std::unique_lock lock (editing);
        hasChanged = false;
        editor = std::this_thread::get_id();
        auto result = make();
        editor = std::thread::id();
        const bool tells = hasChanged && onUserEdit;
        lock.unlock();
        if (tells)
            onUserEdit();
        return result;
    }

    void show (const project::Content& content, std::filesystem::path from);
    void changed (const Document& document, const project::Change& change);
    void readScript();
    void findRecordings();
    void collectTakes();

    const std::vector<Error> startProblems;
    const std::shared_ptr<SampleStore> store; // null: none
    const std::shared_ptr<project::EmbeddedStore>
        embedded; // what is played: also what the project holds itself; null: likewise
    const ReaderProcess reader;
    const Supervisor::Options engine;

    project::Project source;
    project::Bookkeeper books;
    std::mutex editing;  // one user's edit at a time
    std::mutex refusing; // the player is told of what cannot be played in the order in which it is so
    std::atomic<std::thread::id> editor {}; // the thread that makes one …
    bool hasChanged = false;                // … and its own: whether that has changed anything
    project::KeptState kept;
    project::Snapshot snapshot;
    std::atomic<std::uint64_t> loadCount { 0 };
    std::atomic<bool> leaving { false }, playsUnsettled { false };

    mutable std::mutex mutex;                   // guards everything below down to the player
    std::optional<std::string> typed;           // not the project's yet
    std::uint64_t typings = 0, readTypings = 0; // counted; equal if the project has the last one
    std::filesystem::path folder, program;      // of the project's file; the engine's
    std::optional<int> patienceSeconds;         // as the stage has it
    project::RenderWait wait = project::RenderWait::Auto;
    bool isOpened = false,
         looksAgain = false; // recordings of all moods are to be found: of a project that was opened; since
                             // they may have changed
    std::vector<std::string> openingNotes, voiceNotes, scriptNotes, soundNotes;
    std::vector<VoiceReference> missingVoices;
    std::optional<Error> typingProblem, scriptProblem;
    std::vector<std::string> givenVoices; // from which speakers were given theirs

    playback::Player played;
    Audition heard;
    Worker scripts, recordings; // last but the listener: they use all of this
    std::shared_ptr<void> listening;
};
} // namespace tableread::plugin
