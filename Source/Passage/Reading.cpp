// SPDX-License-Identifier: Apache-2.0
#include "Passage/Reading.h"

#include <algorithm>

namespace tableread
{
namespace
{
ModelSamples samplesOf (int milliseconds)
{
    static_assert (modelSampleRateHz % 1000 == 0, "milliseconds are whole numbers of samples");
    return { milliseconds * (modelSampleRateHz / 1000) };
}

bool hasSpeaker (const Passage& passage, int speaker)
{
    return std::binary_search (passage.speakers.begin(), passage.speakers.end(), speaker);
}

bool canJoin (const Passage& passage, const ScriptLine& line)
{
    return line.scene == passage.scene && line.pauseBeforeMs == 0 &&
           (hasSpeaker (passage, line.speaker) || passage.speakers.size() < Passage::mostSpeakers);
}

void add (Passage& passage, const ScriptLine& line)
{
    passage.lines.push_back (line);
    passage.sourceLines.push_back (line.sourceLine);
    if (! hasSpeaker (passage, line.speaker))
        passage.speakers.insert (
            std::upper_bound (passage.speakers.begin(), passage.speakers.end(), line.speaker), line.speaker);
}

/** Once all speakers of the passage are known: from the script's numbers to the passage's. */
void numberSpeakers (Passage& passage)
{
    const auto& known = passage.speakers;
    for (auto& line : passage.lines)
        line.speaker = (int) (std::lower_bound (known.begin(), known.end(), line.speaker) - known.begin());
}
} // namespace

std::size_t Passage::letters() const
{
    std::size_t count = 0;
    for (const auto& line : lines)
        count += (std::size_t) std::count_if (line.text.begin(), line.text.end(), [] (char byte) {
            return ((unsigned char) byte & 0xc0u) != 0x80u; // not the rest of a UTF-8 character
        });
    return count;
}

std::string Reading::titleOf (const Passage& passage) const
{
    const auto& numbers = passage.sourceLines;
    auto title = numbers.size() == 1
                     ? "line " + std::to_string (numbers.front())
                     : "lines " + std::to_string (numbers.front()) + " to " + std::to_string (numbers.back());
    const auto count = passage.speakers.size();
    for (std::size_t i = 0; i < count; ++i)
        title += (i == 0 || i + 1 < count ? ", " : " and ") + speakers[(std::size_t) passage.speakers[i]];
    return title;
}

Reading makeReading (const Script& script, PassageMode mode)
{
    Reading reading;
    for (const auto& speaker : script.speakers)
        reading.speakers.push_back (speaker.name);
    for (const auto& scene : script.scenes)
        reading.scenes.push_back (scene.title);
    for (const auto& scriptNote : script.notes)
        reading.notes.push_back (scriptNote.sentence());
    reading.pauseAfter = samplesOf (script.pauseAfterMs);

    auto& passages = reading.passages;
    for (const auto& line : script.lines)
    {
        if (mode == PassageMode::Line || passages.empty() || ! canJoin (passages.back(), line))
        {
            passages.emplace_back().scene = line.scene;
            passages.back().pauseBefore = samplesOf (line.pauseBeforeMs);
        }
        add (passages.back(), line);
    }
    std::for_each (passages.begin(), passages.end(), numberSpeakers);
    return reading;
}
} // namespace tableread
