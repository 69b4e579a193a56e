// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "Project/Edit.h"

namespace tableread::project
{
/** What changed, for those who show or play it. Nothing of it is set if only the text between the lines changed. */
struct Change
{
    std::vector<LineId> lines; // added, removed, moved or altered
    bool order = false;        // or number of lines
    bool cast = false, takes = false, settings = false;
    bool isWhole = false; // another document: everything
};

/** A document that is edited: undo, redo, and events.

    Threads   any; each call is one change, and listeners are called on the caller's thread, in the order of the changes.
              document() never waits for a listener, so it may be ahead of them. A listener may call all of this, but must
              not wait for another thread that does, and must not throw.
    Memory    undo steps hold documents, which share what they have in common; at most `mostSteps`, and fewer where they
              take more than 64 MB. Typing is one step as long as it goes on in one line within a second.
    Ids       of lines and takes are never given again, not even after an undo.
*/
class Project
{
public:
    static constexpr std::size_t mostSteps = 500;
    using Listener = std::function<void (const std::shared_ptr<const Document>&, const Change&)>;
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    explicit Project (Document first = {}, Clock clock = std::chrono::steady_clock::now);

    /** The document as it is now; it never changes. */
    std::shared_ptr<const Document> document() const;

    /** A document, and which of those that were opened here it is of. */
    struct Opened
    {
        std::shared_ptr<const Document> document;
        std::uint64_t opening = 0;
    };
    Opened opened() const;

    /** See apply(). An edit that changes nothing is no step, and nobody is told. */
    [[nodiscard]] Result<void> edit (const Edit& edit);

    /** Names of what can be undone and redone; empty: nothing. */
    std::string undoName() const, redoName() const;
    bool undo();
    bool redo();

    /** Changes that no user made and no undo takes back: a take's progress, the document's id, the host's tempo, a
        voice's hash, voices for those who have none. They hold for the steps of undo and redo too. */
    void setTake (TakeRecord take); // replaces the one with its id, line and request, if it is there
    TakeId
    addTake (TakeRecord take); // gives it its id; if it is heard, its speakers keep the voices that they have

    /** Adds what has become of a take, or puts it in the place of a record that says that the same failed. Nothing, if another
        document than that of `opening` is open by now, or if the document has this sound of the line already. */
    void putTake (TakeRecord take, std::uint64_t opening);

    void giveId (const std::string& id); // 32 hexadecimal digits, to a document that has none
    void setTempo (double quartersAMinute);
    void setHost (const HostSettings& host);
    void setVoiceContent (const VoiceReference& voice,
                          const std::string& hash); // in each mood that has this voice
    void moveVoice (const VoiceReference& voice, const std::filesystem::path& file); // likewise

    /** Gives voices to speakers who have none (voicesToGive()), and takes back those of speakers who have left the script
        before anything was rendered with them, such as a name that was half typed, and those that the model does not have.
        To be called before a render, and after each change by who shows the cast. */
    void giveVoices (std::span<const std::string> modelVoices);

    /** Another document, as from a file: nothing to undo. */
    void replace (Document other);

    /** @returns what removes it again when destroyed; it is not called after that. */
    [[nodiscard]] std::shared_ptr<void> listen (Listener listener);

    /** Returns when the listeners have been told of all that document() has. */
    void waitForListeners() const;

private:
    struct State;
    std::shared_ptr<State> state;
};
} // namespace tableread::project
