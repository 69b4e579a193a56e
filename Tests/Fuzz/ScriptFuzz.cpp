// SPDX-License-Identifier: Apache-2.0
// Input: a script, or a file in another format, read in three ways. What is accepted must be lines that can be spoken, all of them, in order.
#include <set>

#include "Fuzz/FuzzChecks.h"
#include "Import/Import.h"
#include "Passage/Reading.h"
#include "Script/Characters.h"
#include "Script/NameKey.h"
#include "Script/Text.h"

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
        const auto text = decodeUtf8 (line.text).value();
        mustHold (hasLetterOrDigit (text), "something to speak");
        mustHold (withoutInvisible (text) == text, "nothing that is not seen");
        mustHold (line.pauseBeforeMs >= 0, "pauses do not go back in time");
        mustHold (line.sourceLine >= sourceLine && line.sourceLine >= 1 && line.scene >= scene,
                  "order of the source");
        sourceLine = line.sourceLine;
        scene = line.scene;
        speaks[static_cast<std::size_t> (line.speaker)] = true;
    }
    std::set<std::u32string> keys;
    for (const auto& speaker : script.speakers)
        mustHold (keys.insert (nameKey (decodeUtf8 (speaker.name).value())).second, "no speaker twice");
    for (const auto& note : script.notes)
        mustHold (note.sourceLine >= 0 && ! note.text.empty(), "a note");
    mustHold (sentencesOf (script.notes).size() <= script.notes.size(), "some notes, and their number");
    for (std::size_t i = 0; i < speaks.size(); ++i)
        mustHold (speaks[i] && ! script.speakers[i].name.empty(), "each speaker has a name and a line");
}

void checkPassages (const Script& script, PassageMode mode)
{
    std::size_t at = 0;
    const auto reading = makeReading (script, mode);
    mustHold (reading.speakers.size() == script.speakers.size(), "all speakers");
    for (const auto& passage : reading.passages)
    {
        mustHold (! passage.lines.empty() && passage.lines.size() <= script.lines.size() - at,
                  "each line in one passage");
        mustHold (passage.sourceLines.size() == passage.lines.size(), "each line has its place");
        mustHold (mode == PassageMode::Scene || passage.lines.size() == 1, "a line alone");
        mustHold (passage.speakers.size() <= Passage::mostSpeakers, "no more speakers than the model knows");
        mustHold (isIndex (passage.scene, reading.scenes), "a scene");
        mustHold (passage.letters() > 0 && ! reading.titleOf (passage).empty(), "a text and a title");
        for (const auto& line : passage.lines)
        {
            const auto& written = script.lines[at++];
            mustHold (isIndex (line.speaker, passage.speakers) &&
                          passage.speakers[static_cast<std::size_t> (line.speaker)] == written.speaker,
                      "each line's speaker has a voice");
            mustHold (line.text == written.text, "in order");
        }
    }
    mustHold (at == script.lines.size(), "no line left out");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const ImportOptions plain,
        full { .rules = { .knownSpeakers = { "anna", "old man", "1" }, .typography = Typography::Full },
               .asText = true },
        spoken { .rules = { .typography = Typography::Off, .speakDirections = true }, .asText = true };
    for (const auto& options : { plain, full, spoken })
    {
        const auto script = importScript ({ reinterpret_cast<const char*> (data), size }, options);
        if (! script)
        {
            tableread::test::checkRefusal (script.error());
            continue;
        }
        mustHold (! script->lines.empty(), "a script has a line");
        checkLines (*script);
        checkPassages (*script, PassageMode::Line);
        checkPassages (*script, PassageMode::Scene);
    }
    return 0;
}
