// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/New.h"

#include <ostream>

#include <fmt/format.h>

#include "Command/NumberOptions.h"
#include "Import/Import.h"
#include "Passage/Cast.h"
#include "Project/Edit.h"
#include "Project/File/Headless/VoiceChecks.h"
#include "Project/File/Place.h"
#include "Project/File/Voices.h"

namespace tableread::engine
{
namespace
{
std::vector<CastMember> voicesOf (const NewProjectOptions& options)
{
    auto voices = orThrow (readVoiceOptions (options.voices));
    std::error_code ignored;
    for (auto& member : voices)
        if (! member.voice.path.empty())
            member.voice.path = std::filesystem::absolute (member.voice.path, ignored).lexically_normal();
    return voices;
}

project::Document withVoices (project::Document document, const std::vector<CastMember>& voices)
{
    for (const auto& [speaker, voice] : voices)
    {
        project::Member member;
        member.speaker = speaker;
        member.isChosen = true;
        member.moods.emplace_back().voice = voice;
        document = orThrow (project::apply (document, project::SetMember { std::move (member) }));
    }
    return document;
}

/** The script as text, after it was read once: what cannot be spoken is refused. */
std::string scriptText (const NewProjectOptions& options, const std::vector<CastMember>& voices,
                        std::vector<std::string>& notes)
{
    auto text = orThrow (readScriptText (options.script));
    ImportOptions how;
    for (const auto& member : voices)
        if (! isEverybodyElse (member))
            how.rules.knownSpeakers.push_back (member.speaker);
    auto script = importScript (text, how);
    if (! script)
        script.error().where = options.script.string();
    notes = sentencesOf (orThrow (std::move (script)).notes);
    return text;
}
} // namespace

int newProject (const NewProjectOptions& options, Session& session)
{
    orThrow (project::checkName (options.out));
    const auto voices = voicesOf (options);
    std::vector<std::string> notes;
    auto text = scriptText (options, voices, notes);

    auto document = withVoices ({}, voices);
    document.settings.seed = options.settings.seed;
    document.settings.guidanceScale = options.settings.guidanceScale;
    document.settings.steps = options.settings.steps;
    document = orThrow (project::apply (document, project::SetScript { std::move (text) }));
    orThrow (project::checkSpeakers (document, voices, options.script.string()));
    orThrow (project::checkRecordings (project::neededVoices (document, [] (const auto&) { return false; }),
                                       { .program = session.recordingReader }));
    const auto found = project::findVoices (std::make_shared<const project::Document> (std::move (document)),
                                            { .folder = {}, .know = [&] (const std::filesystem::path& file) {
                                                 return project::knowRecording (
                                                     file, { .program = session.recordingReader });
                                             } });
    notes.insert (notes.end(), found.notes.begin(), found.notes.end());
    orThrow (project::writeProject (options.out, { .document = found.document }, project::Existing::Refuse));
    if (options.quiet)
        return exitOk;
    if (isDrawn (options.seed))
        notes.push_back (fmt::format ("The seed is {}.", options.settings.seed));
    for (const auto& note : notes)
        session.err << note << '\n';
    session.err << fmt::format ("Wrote {}: {} lines. Speak it with tableread-engine render.\n",
                                options.out.string(), found.document->lines.size());
    return exitOk;
}
} // namespace tableread::engine
