// SPDX-License-Identifier: Apache-2.0
// Input: a script. What is accepted must be lines that can be spoken, all of them, in order.
#include "Fuzz/FuzzChecks.h"
#include "Script/Passages.h"
#include "Script/Script.h"

using namespace tableread;
using tableread::test::mustHold;

namespace
{
template <typename List>
bool isIndex (int index, const List& list)
{
    return index >= 0 && static_cast<std::size_t> (index) < list.size();
}

void checkLines (const Script& script)
{
    std::vector<bool> speaks (script.speakers.size());
    std::int64_t id = 0;
    int sourceLine = 0, scene = 0;
    for (const auto& line : script.lines)
    {
        mustHold (line.id == ++id, "ids count the lines");
        mustHold (isIndex (line.speaker, script.speakers) && isIndex (line.scene, script.scenes), "indices");
        mustHold (! line.text.empty() && line.text.front() != ' ' && line.text.back() != ' ',
                  "a text, trimmed");
        mustHold (line.pauseBeforeMs >= 0, "pauses do not go back in time");
        mustHold (line.sourceLine >= sourceLine && line.sourceLine >= 1 && line.scene >= scene,
                  "order of the source");
        sourceLine = line.sourceLine;
        scene = line.scene;
        speaks[static_cast<std::size_t> (line.speaker)] = true;
    }
    for (std::size_t i = 0; i < speaks.size(); ++i)
        mustHold (speaks[i] && ! script.speakers[i].name.empty(), "each speaker has a name and a line");
}

void checkPassages (const Script& script, PassageMode mode)
{
    std::size_t at = 0;
    for (const auto& passage : makePassages (script, mode))
    {
        mustHold (passage.firstLine == at && passage.lineCount >= 1, "each line in one passage, in order");
        mustHold (mode == PassageMode::Scene || passage.lineCount == 1, "a line alone");
        mustHold (passage.speakers.size() <= PassageSpec::mostSpeakers,
                  "no more speakers than the model knows");
        for (; at < passage.firstLine + passage.lineCount; ++at)
        {
            const auto voice = passage.voiceOf (script.lines[at].speaker);
            mustHold (isIndex (voice, passage.speakers), "each line's speaker has a voice");
        }
    }
    mustHold (at == script.lines.size(), "no line left out");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const auto script = parseScript ({ reinterpret_cast<const char*> (data), size });
    if (! script)
    {
        tableread::test::checkRefusal (script.error());
        return 0;
    }
    mustHold (! script->lines.empty(), "a script has a line");
    checkLines (*script);
    checkPassages (*script, PassageMode::Line);
    checkPassages (*script, PassageMode::Scene);
    return 0;
}
