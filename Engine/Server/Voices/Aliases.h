// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tableread::engine
{
/** What the voice names of other services mean here, so that their clients work unchanged. */
struct VoiceAliases
{
    bool openAiNames = true;                   // "alloy" and so on mean the model's voices in turn
    std::map<std::string, std::string> own {}; // from a name to one of the model's; they come first

    /** The voice that is meant by a name, which is none of the model's: the name itself if it is no alias. */
    std::string resolve (const std::string& name, const std::vector<std::string>& modelVoices) const;
};
} // namespace tableread::engine
