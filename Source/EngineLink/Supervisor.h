// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "Core/Process/StopSignal.h"
#include "EngineLink/Client.h"
#include "EngineLink/EngineFinder.h"
#include "EngineLink/EngineProcess.h"

namespace tableread
{
/** The version of this program, and of the engine that belongs to it. */
std::string ownVersion();

/** How far it is until an engine can take a job. */
struct StartProgress
{
    enum class Step
    {
        Looking,   // for an engine that answers
        Starting,  // it was started, by us or by another program, and has not answered yet
        Loading,   // its models
        Replacing, // one of another version was asked to end
        Silent     // it does not answer any more
    };

    Step step = Step::Looking;
    std::chrono::milliseconds elapsed { 0 }; // in this step
    std::string model {};                    // the one that loads; empty: unknown
    std::int64_t bytes = 0;                  // of its weights; 0: unknown
    std::optional<float> fraction {};        // that is loaded; empty: unknown
};

/** After several failed starts none is tried any more unasked: the same model would fail again. */
struct SafeMode
{
    std::string why;              // how the last start failed
    std::filesystem::path log {}; // empty: no engine was started
};

/** Makes sure that an engine answers on the socket: uses the one that is there, starts one if there is none, replaces
    one of ours that hangs, and an idle one of another version. Of several programs one at a time starts an engine.
    Threads: only the link thread, which it may block; never the audio thread. */
class Supervisor
{
public:
    struct Options
    {
        std::filesystem::path socket;
        EngineSearch search;
        std::vector<std::string> arguments; // after `serve --socket PATH`
        std::string advice;                 // about the socket's place, for errors (socketAdvice)
        std::string version = ownVersion();
        std::chrono::milliseconds startLimit {
            120'000
        }; // until the first answer; an engine that says "loading" gets longer
        std::chrono::milliseconds hangLimit { 60'000 }; // without an answer before one of ours is ended
        std::chrono::milliseconds endLimit { 5'000 };   // from SIGTERM to SIGKILL, and until it must be gone
        int failedStarts = 3;                           // in a row, until safe mode
        std::function<void (const StartProgress&)> onProgress {}; // called again and again while it waits
        Client::Timeouts timeouts;
    };

    explicit Supervisor (Options options);

    /** Ends an engine that was started and has not opened its socket: it could not see that nobody needs it. */
    ~Supervisor();

    Supervisor (const Supervisor&) = delete;
    Supervisor& operator= (const Supervisor&) = delete;

    /** Tries once to get an engine that can take a job; starts at most one. `mayReplace`: whether an engine of another
        version, with other samples perhaps, is as good as the one that is there.
        @returns its health; NotFound if there is no engine to start; Unsupported if it speaks another version or
                 rate; Cancelled if `stop` is raised; Io with the engine's last words if it does not start. */
    [[nodiscard]] Result<protocol::Health> ensureRunning (const StopSignal& stop, bool mayReplace = true);

    /** The engine that answered last has not done so for this long: the next call counts it. */
    void wasSilentFor (std::chrono::milliseconds silence);

    /** The program for the next start; empty: search for it. Another one ends safe mode, and is not kept to the embedded
        model. */
    void setProgram (std::filesystem::path setting);

    /** Set while it starts no engine. */
    std::optional<SafeMode> safeMode() const;

    /** Starts engines again, from now on with the embedded model alone if that is wanted. One that was started so before, and is
        not busy, is ended if it is not. */
    void tryAgain (bool withEmbeddedModel);

    /** Starts engines with the embedded model alone. */
    bool isEmbeddedOnly() const { return embeddedOnly; }

private:
    struct Attempt;
    using Next = std::optional<Result<protocol::Health>>; // empty: go on waiting

    Next answered (const protocol::Health& health, Attempt& attempt);
    Next unanswered (const CallFailure& why, Client& client, Attempt& attempt);
    bool replaces (const protocol::Health& health, Attempt& attempt);
    Result<void> start (Attempt& attempt);
    Result<std::filesystem::path> engineProgram();
    Error failed (const std::string& how) const;
    Error failedStart (const std::string& how);
    Error counted (const Error& error, std::string inWords);
    Error inSafeMode() const;
    void tell (StartProgress::Step step, Attempt& attempt, const protocol::Health* health = nullptr) const;

    Options options;
    std::optional<EngineProcess> engine; // the last one that we started
    bool hasOpened = false;              // its socket, or it found another one there
    std::string startedVersion;          // that it reported
    bool hasReplaced = false; // once is enough: two programs of different versions must not do it in turns
    bool embeddedOnly = false;
    std::optional<std::chrono::steady_clock::time_point> lastSign; // of life, if it was before the next call
    int failures = 0;                                              // starts in a row
    std::string lastFailure;
};
} // namespace tableread
