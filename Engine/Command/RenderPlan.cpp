// SPDX-License-Identifier: Apache-2.0
#include "Command/RenderPlan.h"

#include <fmt/format.h>

namespace tableread::engine
{
namespace
{
ModelSamples samplesOf (int milliseconds)
{
    static_assert (modelSampleRateHz % 1000 == 0, "milliseconds are whole numbers of samples");
    return { milliseconds * (modelSampleRateHz / 1000) };
}

std::string titleOf (const RenderPlan::Part& part, const std::vector<std::string>& speakers)
{
    std::string who;
    for (std::size_t i = 0; i < part.speakers.size(); ++i)
        who += (i == 0 ? "" : i + 1 < part.speakers.size() ? ", " : " and ") + speakers[part.speakers[i]];
    const auto& lines = part.lineNumbers;
    return lines.size() == 1 ? fmt::format ("line {}, {}", lines.front(), who)
                             : fmt::format ("lines {} to {}, {}", lines.front(), lines.back(), who);
}

/** Of UTF-8: its characters. */
std::size_t lettersIn (const std::string& text)
{
    std::size_t count = 0;
    for (const char byte : text)
        count += (static_cast<unsigned char> (byte) & 0xc0u) != 0x80u ? 1 : 0;
    return count;
}
} // namespace

RenderPlan planRender (const Script& script, PassageMode mode)
{
    RenderPlan plan;
    for (const auto& speaker : script.speakers)
        plan.speakers.push_back (speaker.name);
    for (const auto& passage : makePassages (script, mode))
    {
        RenderPlan::Part part;
        part.scene = script.scenes[static_cast<std::size_t> (passage.scene)].title;
        part.pause = samplesOf (passage.pauseBeforeMs);
        for (const int speaker : passage.speakers)
            part.speakers.push_back (static_cast<std::size_t> (speaker));
        for (std::size_t i = passage.firstLine; i < passage.firstLine + passage.lineCount; ++i)
        {
            const auto& line = script.lines[i];
            part.lineNumbers.push_back (line.sourceLine);
            part.lines.push_back ({ passage.voiceOf (line.speaker), line.text });
            part.letters += lettersIn (line.text);
        }
        part.title = titleOf (part, plan.speakers);
        plan.parts.push_back (std::move (part));
    }
    plan.endPause = samplesOf (script.pauseAfterMs);
    return plan;
}
} // namespace tableread::engine
