// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Headless/Casting.h"

#include "Project/Casting.h"
#include "Project/Requests.h"

namespace tableread::project
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

Result<void> refuseVoiceless (const Document& document)
{
    for (const auto& passage : passagesOf (document))
    {
        const auto request = requestOf (document, passage);
        for (const auto& voice : request.voices)
            if (auto objection = objectionTo (voice); ! objection.empty())
                return tl::unexpected (
                    Error { ErrorCode::InvalidInput, std::move (objection), titleOf (document, passage) });
    }
    return {};
}
} // namespace

Result<FoundVoices> castProject (const std::shared_ptr<const Document>& document,
                                 const CastingRequest& request)
{
    auto cast = *document;
    const auto given = voicesToGive (cast, request.modelVoices);
    std::string names;
    for (const auto& member : given)
    {
        giveVoice (cast, member);
        names += (names.empty() ? "" : ", ") + member.speaker + " = " + member.moods.front().voice.name;
    }
    if (const auto complete = refuseVoiceless (cast); ! complete)
        return tl::unexpected (complete.error());
    std::error_code ignored;
    VoicePlaces places { .folder = std::filesystem::absolute (request.file, ignored).parent_path(),
                         .know = [&] (const std::filesystem::path& recording) {
                             return hashOfRecording (recording, request.reader);
                         } };
    if (request.store != nullptr)
        places.inStore = [&] (const std::string& hash) { return request.store->fileWith (hash); };
    auto found =
        findVoices (given.empty() ? document : std::make_shared<const Document> (std::move (cast)), places);
    if (! names.empty())
        found.notes.insert (found.notes.begin(), "Voices of the model were given: " + names + '.');
    return found;
}
} // namespace tableread::project
