// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/DroppedVoices.h"

#include <algorithm>

#include "Passage/Names.h"
#include "Project/Casting.h"
#include "Project/Lookup.h"

namespace tableread::plugin
{
DroppedVoices DroppedVoices::of (const project::Document& document,
                                 const std::vector<std::filesystem::path>& recordings)
{
    DroppedVoices dropped;
    const auto speakers = project::speakersOf (document);
    for (const auto& recording : recordings)
    {
        const auto name = recording.stem().string();
        const auto who =
            std::ranges::find_if (speakers, [&] (const auto& speaker) { return sameName (speaker, name); });
        if (who != speakers.end())
            dropped.edits.push_back (voiceFor (document, *who, recording));
        else
            dropped.others.push_back (recording);
    }
    return dropped;
}

project::SetMember voiceFor (const project::Document& document, std::string_view speaker,
                             const std::filesystem::path& recording)
{
    return { project::withVoice (document, speaker, {}, { recording.stem().string(), recording }) };
}
} // namespace tableread::plugin
