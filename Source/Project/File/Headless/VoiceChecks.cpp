// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Headless/VoiceChecks.h"

#include <algorithm>

#include "Passage/Names.h"
#include "Project/File/Voices.h"
#include "Project/Lookup.h"
#include "Project/Requests.h"
#include "Voice/Reader.h"

namespace tableread::project
{
namespace
{
bool isAmong (std::span<const std::string> names, const std::string& name)
{
    return std::any_of (names.begin(), names.end(), [&] (const auto& each) { return sameName (each, name); });
}

/** Also one that is not there, by a name that no voice of a model has. Empty: it is none. */
std::filesystem::path recordingOf (const VoiceReference& voice)
{
    const bool isFile = voice.name.find ('/') != std::string::npos || isSound (voice.name);
    return voice.path.empty() && voice.id.empty() && isFile ? std::filesystem::path (voice.name) : voice.path;
}

/** Who speaks with a voice of a request. */
std::string speakerWith (const Document& document, const PassageView& passage,
                         const protocol::SpeechRequest& request, std::size_t voice)
{
    std::size_t line = 0;
    while (request.lines[line].speaker != (int) voice)
        ++line;
    return document.lines[passage.first + line]->speaker;
}
} // namespace

std::vector<NeededVoice> neededVoices (const Document& document,
                                       const std::function<bool (const TakeRecord& take)>& hasAudio)
{
    std::vector<NeededVoice> needed;
    const Choices choices (document);
    for (const auto& passage : passagesOf (document))
    {
        if (const auto* take = choices.of (passage).take; take != nullptr && hasAudio (*take))
            continue;
        const auto request = requestOf (document, passage);
        for (std::size_t i = 0; i < request.voices.size(); ++i)
            if (std::none_of (needed.begin(), needed.end(),
                              [&] (const auto& each) { return each.voice == request.voices[i]; }))
                needed.push_back ({ speakerWith (document, passage, request, i), request.voices[i] });
    }
    return needed;
}

Result<void> checkRecordings (std::span<const NeededVoice> voices, const ReaderProcess& process)
{
    for (const auto& [speaker, voice] : voices)
        if (const auto file = recordingOf (voice); ! file.empty())
            if (const auto clip = readVoice (file, speaker, {}, process); ! clip)
                return tl::unexpected (clip.error());
    return {};
}

Result<void> checkNames (std::span<const NeededVoice> voices, std::span<const std::string> names)
{
    for (const auto& [speaker, voice] : voices)
        if (voice.path.empty() && voice.id.empty() && ! isAmong (names, voice.name))
            return tl::unexpected (Error {
                ErrorCode::NotFound,
                "\"" + voice.name + "\" is neither a recording nor a voice of the model" +
                    (names.empty() ? ", which has none" : ": " + listed (names)) + ". Choose another.",
                "voice \"" + speaker + "\"" });
    return {};
}

Result<void> checkSpeakers (const Document& document, std::span<const CastMember> chosen,
                            const std::string& script)
{
    const auto speakers = speakersOf (document);
    for (const auto& member : chosen)
        if (! isEverybodyElse (member) && ! isAmong (speakers, member.speaker))
            return tl::unexpected (Error { ErrorCode::InvalidInput,
                                           "--voice " + member.speaker + ": nobody in " + script +
                                               " has this name. " + listed (speakers) +
                                               (speakers.size() == 1 ? " speaks there." : " speak there."),
                                           {} });
    return {};
}
} // namespace tableread::project
