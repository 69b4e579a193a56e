// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Queue/Voices.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t mostKnown = 64;
} // namespace

SpokenVoices QueueVoices::of (const LineMessage& line)
{
    SpokenVoices voices;
    for (std::size_t i = 0; i < line.hashes.size(); ++i)
    {
        const auto& voice = line.request.voices[i];
        const auto& hash = line.hashes[i];
        auto found = known.find (hash);
        if (found == known.end())
        {
            auto fetched = orThrow (shelf.fetch (placeOf (voice)));
            if (fetched.hash != hash)
                fail (ErrorCode::InvalidInput,
                      "this recording is another one than where the line was submitted. Put the same one "
                      "where every machine sees it.",
                      voice.path.empty() ? voice.name : voice.path.string());
            if (known.size() >= mostKnown)
                known.clear();
            found =
                known
                    .emplace (hash,
                              SpokenVoice { std::make_shared<const VoiceAudio> (std::move (fetched.audio)),
                                            std::move (fetched.hash) })
                    .first;
        }
        voices[{ voice.name, voice.path.string() }] = found->second;
    }
    return voices;
}

/** The store's files have the hash of what they hold for a name. */
VoiceReference QueueVoices::placeOf (const VoiceReference& voice) const
{
    std::error_code none;
    if (voice.path.empty() || std::filesystem::exists (voice.path, none))
        return voice;
    const auto stored = store.fileWith (voice.path.stem().string());
    return stored.empty() ? voice : VoiceReference { voice.name, stored };
}
} // namespace tableread::engine
