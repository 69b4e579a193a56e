// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Aliases.h"

#include <algorithm>
#include <array>

namespace tableread::engine
{
namespace
{
// In the order of https://platform.openai.com/docs/guides/text-to-speech (voice options).
constexpr std::array<std::string_view, 13> openAiVoices { "alloy", "ash",   "ballad", "coral", "echo",
                                                          "fable", "nova",  "onyx",   "sage",  "shimmer",
                                                          "verse", "marin", "cedar" };
} // namespace

std::string VoiceAliases::resolve (const std::string& name, const std::vector<std::string>& modelVoices) const
{
    if (const auto found = own.find (name); found != own.end())
        return found->second;
    const auto* const known = std::ranges::find (openAiVoices, name);
    if (! openAiNames || modelVoices.empty() || known == openAiVoices.end() ||
        std::ranges::find (modelVoices, name) != modelVoices.end())
        return name;
    return modelVoices[static_cast<std::size_t> (known - openAiVoices.begin()) % modelVoices.size()];
}
} // namespace tableread::engine
