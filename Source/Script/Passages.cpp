// SPDX-License-Identifier: Apache-2.0
#include "Script/Passages.h"

#include <algorithm>

namespace tableread
{
namespace
{
bool hasSpeaker (const PassageSpec& passage, int speaker)
{
    return std::binary_search (passage.speakers.begin(), passage.speakers.end(), speaker);
}

bool canJoin (const PassageSpec& passage, const ScriptLine& line)
{
    return line.scene == passage.scene && line.pauseBeforeMs == 0 &&
           (hasSpeaker (passage, line.speaker) || passage.speakers.size() < PassageSpec::mostSpeakers);
}
} // namespace

int PassageSpec::voiceOf (int speaker) const
{
    return (int) (std::lower_bound (speakers.begin(), speakers.end(), speaker) - speakers.begin());
}

std::vector<PassageSpec> makePassages (const Script& script, PassageMode mode)
{
    std::vector<PassageSpec> passages;
    for (std::size_t i = 0; i < script.lines.size(); ++i)
    {
        const auto& line = script.lines[i];
        if (mode == PassageMode::Line || passages.empty() || ! canJoin (passages.back(), line))
            passages.push_back ({ i, 0, {}, line.scene, line.pauseBeforeMs });

        auto& passage = passages.back();
        ++passage.lineCount;
        if (! hasSpeaker (passage, line.speaker))
            passage.speakers.insert (
                std::upper_bound (passage.speakers.begin(), passage.speakers.end(), line.speaker),
                line.speaker);
    }
    return passages;
}
} // namespace tableread
