// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Cache.h"

#include <algorithm>

namespace tableread::engine
{
std::shared_ptr<EncodedVoice> VoiceCache::get (Renderer& renderer,
                                               const std::shared_ptr<const ShelfVoice>& voice)
{
    const auto found = std::ranges::find (voices, voice->hash, [] (const auto& each) { return each.first; });
    if (found != voices.end())
        voices.splice (voices.begin(), voices, found);
    else
        voices.emplace_front (voice->hash, renderer.makeVoice ({ voice, &voice->audio }));
    if (voices.size() > most)
        voices.pop_back();
    return voices.front().second;
}

void VoiceCache::dropUnfinished()
{
    voices.remove_if (
        [] (const auto& each) { return each.second->framesLeft() > 0 && each.second.use_count() == 1; });
}
} // namespace tableread::engine
