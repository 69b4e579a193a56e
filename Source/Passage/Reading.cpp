// SPDX-License-Identifier: Apache-2.0
#include "Passage/Reading.h"

#include <algorithm>

namespace tableread
{
namespace
{
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

/** What a line adds to a passage's size. */
std::int64_t addedSize (const Passage& passage, const ScriptLine& line, const PassageLimit& limit)
{
    if (limit.most == 0)
        return 0;
    return limit.sizeOfLine (line) +
           (hasSpeaker (passage, line.speaker) ? 0 : limit.sizeOfSpeaker (line.speaker));
}

/** Replaces the script's speaker numbers by the passage's, once all speakers of the passage are known. */
void numberSpeakers (Passage& passage)
{
    const auto& known = passage.speakers;
    for (auto& line : passage.lines)
        line.speaker = (int) (std::lower_bound (known.begin(), known.end(), line.speaker) - known.begin());
}
} // namespace

std::size_t lettersIn (std::string_view utf8)
{
    return (std::size_t) std::count_if (utf8.begin(), utf8.end(), [] (char byte) {
        return ((unsigned char) byte & 0xc0u) != 0x80u; // not the rest of a UTF-8 character
    });
}

ModelSamples estimatedLength (std::size_t letters)
{
    constexpr double lettersPerSecond = 14.0, secondsAround = 0.4;
    const auto seconds = secondsAround + (double) letters / lettersPerSecond;
    return { (std::int64_t) (seconds * (double) modelSampleRateHz) };
}

std::size_t Passage::letters() const
{
    std::size_t count = 0;
    for (const auto& line : lines)
        count += lettersIn (line.text);
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
    return makeReading (script, mode, {});
}

Reading makeReading (const Script& script, PassageMode mode, const PassageLimit& limit)
{
    Reading reading;
    for (const auto& speaker : script.speakers)
        reading.speakers.push_back (speaker.name);
    for (const auto& scene : script.scenes)
        reading.scenes.push_back (scene.title);
    reading.notes = sentencesOf (script.notes);
    reading.comments = script.comments;
    reading.pauseAfter = modelSamplesOf (script.pauseAfterMs);

    auto& passages = reading.passages;
    std::int64_t size = 0; // of the last passage
    for (const auto& line : script.lines)
    {
        const bool joins =
            mode == PassageMode::Scene && ! passages.empty() && canJoin (passages.back(), line);
        const bool isFull = joins && size + addedSize (passages.back(), line, limit) > limit.most;
        if (isFull)
            reading.notes.push_back (
                ScriptNote { line.sourceLine, "a new passage begins here, because the model cannot speak the "
                                              "whole scene at once." }
                    .sentence());
        if (! joins || isFull)
        {
            passages.emplace_back().scene = line.scene;
            passages.back().pauseBefore = modelSamplesOf (line.pauseBeforeMs);
            size = 0;
        }
        size += addedSize (passages.back(), line, limit);
        add (passages.back(), line);
    }
    std::for_each (passages.begin(), passages.end(), numberSpeakers);
    return reading;
}
} // namespace tableread
