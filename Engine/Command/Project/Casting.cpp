// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Casting.h"

#include "Command/Project/Takes.h"
#include "Project/Casting.h"

namespace tableread::engine
{
namespace
{
/** Why a voice cannot be used; empty if it can. */
std::string objectionTo (const VoiceReference& voice)
{
    if (voice == VoiceReference {})
        return "a speaker has no voice, and the model has none of its own. Choose a recording.";
    if (! voice.id.empty() && voice.path.empty())
        return "the voice \"" + voice.name + "\" was uploaded to a server. Choose a recording.";
    return {};
}

void refuseVoiceless (const project::Document& document)
{
    for (const auto& passage : project::passagesOf (document))
    {
        const auto request = project::requestOf (document, passage);
        for (const auto& voice : request.voices)
            if (auto objection = objectionTo (voice); ! objection.empty())
                fail (ErrorCode::InvalidInput, std::move (objection), titleOf (document, passage));
    }
}
} // namespace

project::FoundVoices castProject (const std::shared_ptr<const project::Document>& document,
                                  const CastingRequest& request)
{
    auto cast = *document;
    const auto given = project::voicesToGive (cast, request.modelVoices);
    std::string names;
    for (const auto& member : given)
    {
        project::giveVoice (cast, member);
        names += (names.empty() ? "" : ", ") + member.speaker + " = " + member.moods.front().voice.name;
    }
    refuseVoiceless (cast);
    std::error_code ignored;
    auto found = project::findVoices (
        given.empty() ? document : std::make_shared<const project::Document> (std::move (cast)),
        { .folder = std::filesystem::absolute (request.file, ignored).parent_path(),
          .hashOf = [&] (const std::filesystem::path& recording) {
              return project::hashOfRecording (recording, request.reader);
          } });
    if (! names.empty())
        found.notes.insert (found.notes.begin(), "Voices of the model were given: " + names + '.');
    return found;
}
} // namespace tableread::engine
