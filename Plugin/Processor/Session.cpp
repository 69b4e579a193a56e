// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/Session.h"

#include <algorithm>
#include <utility>

#include "EngineLink/SocketPath.h"
#include "Import/Import.h"
#include "Passage/Names.h"

namespace tableread::plugin
{
namespace
{
/** Each line is a passage of its own. Who has a voice is known to be a speaker. */
Result<Reading> readingOf (const SessionState& state)
{
    ImportOptions options;
    for (const auto& member : state.cast)
        if (! isEverybodyElse (member))
            options.rules.knownSpeakers.push_back (member.speaker);
    return importScript (state.script, options).map ([] (const Script& script) {
        return makeReading (script, PassageMode::Line);
    });
}
} // namespace

Session::Options Session::defaultOptions()
{
    RenderLink::Options options;
    options.engine.search = EngineSearch::current();
    options.engine.advice = socketAdvice();
    options.engine.arguments = { "--idle-exit", "600" }; // seconds: it is shared, so no plugin ends it
    const auto socket = engineSocketPath();
    if (! socket)
        return { std::move (options), socket.error() };
    options.engine.socket = *socket;
    return { std::move (options), std::nullopt };
}

Session::Session() : Session (defaultOptions())
{}

Session::Session (RenderLink::Options options) : Session (Options { std::move (options), std::nullopt })
{}

Session::Session (Options options)
    : socketProblem (std::move (options.second))
    , player (std::move (options.first))
{}

SessionState Session::state() const
{
    const std::lock_guard lock (mutex);
    return settings;
}

void Session::setScript (std::string text)
{
    const std::lock_guard lock (mutex);
    if (settings.script != text)
        foreignState.clear();
    settings.script = std::move (text);
}

void Session::setVoice (const std::string& speaker, VoiceReference voice)
{
    const std::lock_guard lock (mutex);
    foreignState.clear();
    auto& known = settings.cast;
    const auto member = std::find_if (known.begin(), known.end(), [&] (const CastMember& each) {
        return sameName (each.speaker, speaker);
    });
    if (member != known.end())
        member->voice = std::move (voice);
    else
        known.push_back ({ speaker, std::move (voice) });
}

void Session::setSeed (std::uint64_t seed)
{
    const std::lock_guard lock (mutex);
    foreignState.clear();
    settings.seed = seed;
}

void Session::setEngine (std::filesystem::path program)
{
    const std::lock_guard lock (mutex);
    foreignState.clear();
    settings.engine = program;
    player.setProgram (std::move (program));
}

Result<Reading> Session::reading() const
{
    return readingOf (state());
}

std::vector<std::string> Session::ownVoices() const
{
    return player.ownVoices().value_or (std::vector<std::string> { "anna", "ben", "clara", "david" });
}

std::vector<CastMember> Session::cast (const std::vector<std::string>& speakers) const
{
    const std::lock_guard lock (mutex);
    return castFor (speakers);
}

std::vector<CastMember> Session::castFor (const std::vector<std::string>& speakers) const
{
    const auto own = ownVoices();
    return castEverybody ({ speakers, settings.cast, own }).members;
}

Result<PerformanceJob> Session::job() const
{
    if (socketProblem)
        return tl::unexpected (*socketProblem);
    const auto script = readingOf (settings);
    if (! script)
        return tl::unexpected (script.error());
    const auto voices = castFor (script->speakers);

    PerformanceJob job { {}, script->pauseAfter };
    for (const auto& passage : script->passages)
    {
        PassageJob part { {}, passage.pauseBefore, passage.speakers.front(), passage.sourceLines.front() };
        part.request.lines = passage.lines;
        for (const int speaker : passage.speakers)
        {
            const auto& member = voices[(std::size_t) speaker];
            if (member.voice == VoiceReference {})
                return tl::unexpected (
                    Error { ErrorCode::InvalidInput,
                            "speaker \"" + member.speaker +
                                "\" has no voice, and the model has none of its own. Choose a recording.",
                            {} });
            part.request.voices.push_back (member.voice);
        }
        part.request.seed = settings.seed;
        part.request.guidanceScale = settings.guidanceScale;
        part.request.steps = settings.steps;
        job.passages.push_back (std::move (part));
    }
    return job;
}

Result<void> Session::render()
{
    const std::lock_guard lock (mutex);
    auto wanted = job();
    if (! wanted)
        return tl::unexpected (wanted.error());
    settings.isRendered = true;
    player.render (std::move (*wanted));
    return {};
}

void Session::stop()
{
    player.cancel();
}

Result<void> Session::tryAgain (bool withEmbeddedModel)
{
    player.tryAgain (withEmbeddedModel);
    return render();
}

std::string Session::save() const
{
    const std::lock_guard lock (mutex);
    return foreignState.empty() ? toText (settings) : foreignState;
}

void Session::load (std::string_view text)
{
    auto loaded = parseState (text);
    {
        const std::lock_guard lock (mutex);
        problem = loaded ? std::nullopt : std::optional<Error> (loaded.error());
        foreignState.clear();
        if (! loaded && loaded.error().code == ErrorCode::Unsupported)
            foreignState = text;
        if (loaded)
        {
            settings = std::move (*loaded);
            player.setProgram (settings.engine);
        }
        ++loadCount;
        if (! loaded)
            return;
        if (! settings.isRendered)
            return player.render ({});
    }
    if (const auto rendered = render(); ! rendered)
    {
        const std::lock_guard lock (mutex);
        problem = rendered.error();
    }
}

std::optional<Error> Session::loadProblem() const
{
    const std::lock_guard lock (mutex);
    return problem;
}
} // namespace tableread::plugin
