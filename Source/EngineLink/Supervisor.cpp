// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Supervisor.h"

#include <algorithm>
#include <utility>

#include "Core/LockFile.h"
#include "Core/Units.h"
#include "EngineLink/RunningEngine.h"
#include "EngineLink/SocketPath.h"

namespace tableread
{
namespace
{
using Clock = std::chrono::steady_clock;
using Step = StartProgress::Step;

constexpr std::chrono::milliseconds pollPause { 25 };
constexpr std::chrono::milliseconds worthTelling { 5'000 }; // of silence
constexpr std::chrono::milliseconds farewell { 5'000 };     // of an idle engine that was asked to end

Error stopped()
{
    return { ErrorCode::Cancelled, "cancelled", {} };
}

Result<protocol::Health> checked (const protocol::Health& health)
{
    if (health.protocol != protocol::version)
        return tl::unexpected (Error { ErrorCode::Unsupported,
                                       "the engine that runs speaks protocol " +
                                           std::to_string (health.protocol) + ", this program speaks " +
                                           std::to_string (protocol::version) +
                                           ". Install the same version of both, and end the engine.",
                                       {} });
    if (health.sampleRateHz != modelSampleRateHz)
        return tl::unexpected (Error { ErrorCode::Unsupported,
                                       "the engine's model speaks at " +
                                           std::to_string (health.sampleRateHz) + " Hz, " +
                                           std::to_string (modelSampleRateHz) + " are expected",
                                       health.model });
    return health;
}
} // namespace

std::string ownVersion()
{
    return TABLEREAD_VERSION;
}

/** One call of ensureRunning(). */
struct Supervisor::Attempt
{
    bool mayReplace = true;
    Clock::time_point begun = Clock::now(), lastAnswer = begun, stepBegun = begun;
    Step step = Step::Looking;
    bool everAnswered = false, started = false;
    std::optional<Clock::time_point> asked {}; // another version to end
    std::optional<LockFile> starting {};       // held: no other program starts an engine
};

Supervisor::Supervisor (Options settings) : options (std::move (settings))
{}

Supervisor::~Supervisor()
{
    if (engine && ! hasOpened && listenerAt (options.socket) == 0)
        engine->endIt (options.endLimit);
}

Result<protocol::Health> Supervisor::ensureRunning (const StopSignal& stop, bool mayReplace)
{
    Client client (options.socket, options.timeouts);
    const StopSignal::Action breakOff (stop, [&] { client.cancel(); });
    Attempt attempt { .mayReplace = mayReplace };
    attempt.lastAnswer = std::exchange (lastSign, std::nullopt).value_or (attempt.begun);
    while (! stop.isRaised())
    {
        const auto health = client.health();
        if (stop.isRaised())
            break;
        if (auto end = health ? answered (*health, attempt) : unanswered (health.error(), client, attempt))
            return std::move (*end);
        stop.pause (pollPause);
    }
    return tl::unexpected (stopped());
}

Supervisor::Next Supervisor::answered (const protocol::Health& health, Attempt& attempt)
{
    attempt.lastAnswer = Clock::now();
    attempt.everAnswered = hasOpened = true;
    attempt.starting.reset();
    if (replaces (health, attempt))
    {
        tell (Step::Replacing, attempt);
        return {};
    }
    if (health.status != "ok")
    {
        tell (Step::Loading, attempt, &health);
        return {};
    }
    failures = 0;
    return checked (health);
}

/** Asks an idle engine of another version to end. @returns whether its end is to be waited for. */
bool Supervisor::replaces (const protocol::Health& health, Attempt& attempt)
{
    const bool isOurs = engine && ! engine->ended();
    if (isOurs)
        startedVersion = health.engineVersion;
    if (isOurs || health.busy || health.engineVersion == options.version)
        return false;
    if (attempt.asked)
        return Clock::now() - *attempt.asked < farewell;
    const bool wouldBeNoBetter = ! startedVersion.empty() && startedVersion != options.version;
    if (wouldBeNoBetter || hasReplaced || ! attempt.mayReplace || safeMode())
        return false;
    const auto program = findEngine (options.search);
    if (! program || ! askToEndWhenIdle (options.socket, program->filename().string()))
        return false;
    hasReplaced = true;
    attempt.asked = Clock::now();
    return true;
}

Supervisor::Next Supervisor::unanswered (const CallFailure& why, Client& client, Attempt& attempt)
{
    // A killed engine still accepts connections for a moment; one that was there a moment ago may be gone.
    // If our engine found another one on the socket, it has exited too, and the other one answers.
    const bool nobodyThere = why.kind == CallFailure::Kind::NoEngine;
    if (nobodyThere)
        attempt.lastAnswer = Clock::now(); // whoever listens next is not the one that was silent
    else
        hasOpened = true;
    if (nobodyThere && (! engine || engine->ended()))
    {
        if (attempt.started)
            return tl::unexpected (failedStart ("ended with " + *engine->ended()));
        if (auto starting = start (attempt); ! starting)
            return tl::unexpected (starting.error());
    }
    if (why.error.code == ErrorCode::Unsupported)
        return tl::unexpected (why.error);
    if (! nobodyThere && client.isAlive())
    {
        attempt.lastAnswer = Clock::now();
        attempt.everAnswered = true;
    }

    const auto now = Clock::now();
    const auto silence = now - attempt.lastAnswer;
    const bool silent = ! nobodyThere && silence > options.hangLimit;
    const bool late = ! attempt.everAnswered && now - attempt.begun > options.startLimit;
    if (! silent && ! late)
    {
        const bool isComing = nobodyThere && (attempt.started || ! attempt.starting);
        tell (! nobodyThere && silence > worthTelling ? Step::Silent
              : isComing                              ? Step::Starting
                                                      : attempt.step,
              attempt);
        return {};
    }
    const auto listener = listenerAt (options.socket);
    if (engine && ! engine->ended() && (listener == 0 || listener == engine->id()))
        engine->endIt (options.endLimit);
    const auto how =
        late ? "did not answer within " + std::to_string (options.startLimit.count() / 1000) + " s"
             : "hangs: " + why.error.message;
    return tl::unexpected (attempt.started ? failedStart (how) : failed (how));
}

/** Starts an engine, unless another program is about to: then its engine is waited for. */
Result<void> Supervisor::start (Attempt& attempt)
{
    if (failures >= options.failedStarts)
        return tl::unexpected (inSafeMode());
    if (! attempt.starting)
    {
        auto lock = LockFile::take (options.socket.string() + ".starting");
        if (lock)
        {
            attempt.starting = std::move (*lock);
            return {}; // who had it may have started one since we looked: look again first
        }
        // without a lock, as on some file systems, the engines themselves see to it that one remains
    }
    const auto found = engineProgram();
    if (! found)
        return tl::unexpected (found.error());
    std::vector<std::string> arguments { "serve", "--socket", options.socket.string() };
    arguments.insert (arguments.end(), options.arguments.begin(), options.arguments.end());
    if (embeddedOnly)
        arguments.emplace_back ("--embedded");
    auto process = EngineProcess::start (*found, arguments, socketLogPath (options.socket));
    if (! process)
        return tl::unexpected (counted (process.error(), process.error().text()));
    engine = std::move (*process);
    hasOpened = false;
    attempt.started = true;
    attempt.begun = attempt.lastAnswer = Clock::now();
    attempt.everAnswered = false;
    return {};
}

/** A mistake in the settings file is a failed start, so it leads to safe mode, which does without the file. */
Result<std::filesystem::path> Supervisor::engineProgram()
{
    auto found = findEngine (options.search);
    if (found)
        return found;
    auto search = options.search;
    search.settings = {};
    auto withoutSettings = findEngine (search);
    if (! withoutSettings || embeddedOnly)
        return withoutSettings;
    return tl::unexpected (counted (found.error(), found.error().text()));
}

void Supervisor::wasSilentFor (std::chrono::milliseconds silence)
{
    lastSign = Clock::now() - silence;
}

void Supervisor::setProgram (std::filesystem::path setting)
{
    if (setting == options.search.setting)
        return;
    options.search.setting = std::move (setting);
    embeddedOnly = false;
    failures = 0;
    startedVersion.clear();
}

std::optional<SafeMode> Supervisor::safeMode() const
{
    if (failures < options.failedStarts)
        return std::nullopt;
    return SafeMode { lastFailure, engine ? socketLogPath (options.socket) : std::filesystem::path() };
}

void Supervisor::tryAgain (bool withEmbeddedModel)
{
    failures = 0;
    if (std::exchange (embeddedOnly, withEmbeddedModel) && ! withEmbeddedModel && engine)
        engine->retire (farewell);
}

void Supervisor::tell (Step step, Attempt& attempt, const protocol::Health* health) const
{
    if (std::exchange (attempt.step, step) != step)
        attempt.stepBegun = Clock::now();
    if (! options.onProgress)
        return;
    StartProgress progress { .step = step };
    progress.elapsed = std::chrono::duration_cast<std::chrono::milliseconds> (
        Clock::now() - (step == Step::Silent ? attempt.lastAnswer : attempt.stepBegun));
    if (health != nullptr)
    {
        progress.model = health->models.empty() ? health->model : health->models.front();
        progress.bytes = health->loadingBytes;
        progress.fraction = health->loading;
    }
    options.onProgress (progress);
}

Error Supervisor::failed (const std::string& how) const
{
    const auto words = engine ? engine->lastWords() : std::string();
    return { ErrorCode::Io,
             "the engine " + how + (words.empty() ? "" : ". Its last words: " + words) +
                 (options.advice.empty() ? "" : ". " + options.advice),
             options.socket.string() };
}

Error Supervisor::failedStart (const std::string& how)
{
    const auto error = failed (how);
    return counted (error, error.message);
}

/** A failed start; `inWords` is what safe mode says of it. */
Error Supervisor::counted (const Error& error, std::string inWords)
{
    if (inWords.ends_with ('.'))
        inWords.pop_back();
    lastFailure = std::move (inWords);
    return ++failures >= options.failedStarts ? inSafeMode() : error;
}

Error Supervisor::inSafeMode() const
{
    return { ErrorCode::Io,
             lastFailure + (lastFailure.ends_with ('?') ? "" : ".") + " It failed to start " +
                 std::to_string (options.failedStarts) +
                 " times in a row, so it is not started again unasked" +
                 (engine ? ". Its log: " + socketLogPath (options.socket).string() : std::string()),
             options.socket.string() };
}
} // namespace tableread
