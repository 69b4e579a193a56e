// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/Reading.h"

#include "Script/Passages.h"

namespace tableread::plugin
{
namespace
{
ModelSamples samplesOf (int milliseconds)
{
    return { milliseconds * (modelSampleRateHz / 1000) };
}
} // namespace

Result<Reading> Reading::of (const std::string& text)
{
    const auto script = parseScript (text);
    if (! script)
        return tl::unexpected (script.error());

    Reading reading;
    for (const auto& speaker : script->speakers)
        reading.speakers.push_back (speaker.name);
    for (const auto& spec : makePassages (*script, PassageMode::Line))
    {
        Passage passage {
            spec.speakers, {}, samplesOf (spec.pauseBeforeMs), script->lines[spec.firstLine].sourceLine
        };
        for (auto i = spec.firstLine; i < spec.firstLine + spec.lineCount; ++i)
            passage.lines.push_back ({ spec.voiceOf (script->lines[i].speaker), script->lines[i].text });
        reading.passages.push_back (std::move (passage));
    }
    reading.gapAfter = samplesOf (script->pauseAfterMs);
    for (const auto& note : script->notes)
        reading.notes.push_back (note.sentence());
    return reading;
}
} // namespace tableread::plugin
