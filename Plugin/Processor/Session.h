// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "Passage/Cast.h"
#include "Passage/Reading.h"
#include "Processor/Performance.h"
#include "State/SessionState.h"

namespace tableread::plugin
{
/** One instance of the plugin, without JUCE: the script, who speaks it with which voice, and its performance. The
    editor, the processor and the app's command line all work on this.
    Threads: any; calls wait for each other, so the audio thread may only use performance(). */
class Session
{
public:
    Session();
    explicit Session (RenderLink::Options options);

    Performance& performance() noexcept { return player; }

    SessionState state() const;
    void setScript (std::string text);
    void setVoice (const std::string& speaker, VoiceReference voice);
    void setSeed (std::uint64_t seed);
    void setEngine (std::filesystem::path program);

    /** The script as it is read now; the error says what is wrong with it. */
    Result<Reading> reading() const;

    /** The voice of each speaker, as castEverybody() gives them. */
    std::vector<CastMember> cast (const std::vector<std::string>& speakers) const;

    /** The names of the model's own voices: those of the embedded one until an engine has reported its own. */
    std::vector<std::string> ownVoices() const;

    /** Has the script rendered. @returns what is wrong with it, if anything. */
    Result<void> render();
    void stop();

    /** In safe mode: the same, with a new engine, which has only the embedded model if that is wanted. */
    Result<void> tryAgain (bool withEmbeddedModel);

    /** The state for the host's session. A loaded state of a newer version is given back untouched as long as
        nothing was changed. */
    std::string save() const;

    /** Loads a saved state, and renders the script again if it was rendered when the state was saved.
        An unreadable state leaves things as they are; loadProblem() says why. */
    void load (std::string_view text);
    std::optional<Error> loadProblem() const;

    /** Changes with each load(), so that an editor knows when to show everything anew. */
    int loads() const noexcept { return loadCount; }

private:
    using Options = std::pair<RenderLink::Options, std::optional<Error>>; // and what is wrong with the socket
    explicit Session (Options options);
    static Options defaultOptions();

    std::vector<CastMember> castFor (const std::vector<std::string>& speakers) const; // with the lock held
    Result<PerformanceJob> job() const;                                               // with the lock held

    mutable std::mutex mutex; // guards everything below except the player
    SessionState settings;
    std::string foreignState; // of a newer version, kept
    std::optional<Error> problem;
    std::optional<Error> socketProblem;
    std::atomic<int> loadCount { 0 };
    Performance player;
};
} // namespace tableread::plugin
