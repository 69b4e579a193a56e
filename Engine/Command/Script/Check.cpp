// SPDX-License-Identifier: Apache-2.0
#include "Command/Script/Check.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/Render/Progress.h"
#include "Command/Script/ScriptOptions.h"
#include "Command/Session.h"
#include "Passage/Passage.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

double secondsOf (const ScriptLine& line)
{
    return usualSeconds (lettersIn (line.text));
}

std::int64_t linesOf (const Script& script, std::size_t speaker)
{
    return std::count_if (script.lines.begin(), script.lines.end(), [speaker] (const ScriptLine& line) {
        return static_cast<std::size_t> (line.speaker) == speaker;
    });
}

/** The voice of one speaker where the cast as a whole is refused; empty if there is none. */
VoiceReference voiceOf (const std::string& speaker, std::span<const CastMember> chosen,
                        const VoiceShelf& shelf)
{
    if (chosen.empty())
        return shelf.find (speaker).empty() ? VoiceReference {} : VoiceReference { speaker, {} };
    const auto names = shelf.names();
    const auto alone = castAsAsked ({ std::span (&speaker, 1), chosen, names });
    return alone ? alone->members[0].voice : VoiceReference {};
}

std::string count (std::int64_t number, const std::string& what)
{
    return std::to_string (number) + ' ' + what + (number == 1 ? "" : "s");
}

std::string pauseText (int milliseconds)
{
    return fmt::format ("       [pause {} s]\n", static_cast<double> (milliseconds) / 1000.0);
}

std::string linesText (const Script& script)
{
    std::string text;
    int scene = -1;
    for (const auto& line : script.lines)
    {
        for (; scene < line.scene; ++scene)
            if (const auto& title = script.scenes[static_cast<std::size_t> (scene) + 1].title;
                ! title.empty())
                text += "\n== " + title + " ==\n";
        if (line.pauseBeforeMs > 0)
            text += pauseText (line.pauseBeforeMs);
        text += fmt::format ("{:>6} {}{}: {}\n", line.sourceLine,
                             script.speakers[static_cast<std::size_t> (line.speaker)].name,
                             line.direction.empty() ? "" : " (" + line.direction + ")", line.text);
    }
    return script.pauseAfterMs > 0 ? text + pauseText (script.pauseAfterMs) : text;
}

std::string listed (const std::string& title, const std::vector<std::string>& sentences)
{
    std::string text;
    for (const auto& sentence : sentences)
        text += fmt::format ("{}  {}\n", text.empty() ? "\n" + title + "\n" : "", sentence);
    return text;
}
} // namespace

void ScriptCheck::cast (std::span<const CastMember> chosen, const VoiceShelf& shelf)
{
    std::vector<std::string> speakers;
    for (const auto& speaker : script.speakers)
        speakers.push_back (speaker.name);
    const auto names = shelf.names();
    if (const auto asked = castAsAsked ({ speakers, chosen, names }))
    {
        notes.insert (notes.end(), asked->notes.begin(), asked->notes.end());
        for (const auto& member : asked->members)
            voices.push_back (member.voice);
    }
    else
    {
        refusals.push_back (asked.error().text());
        for (const auto& speaker : speakers)
            voices.push_back (voiceOf (speaker, chosen, shelf));
    }
    for (auto& voice : voices)
    {
        if (voice.path.empty())
            voice.path = shelf.find (voice.name);
        if (voice.path.empty() && ! voice.name.empty())
            voice.path = voice.name; // a recording that is not there: its reader says so
        if (! voice.path.empty())
            if (const auto read = shelf.fetch (voice); ! read)
                refusals.push_back (read.error().text());
    }
}

double ScriptCheck::speechSeconds() const
{
    double seconds = 0;
    for (const auto& line : script.lines)
        seconds += secondsOf (line);
    return seconds;
}

double ScriptCheck::pauseSeconds() const
{
    std::int64_t milliseconds = script.pauseAfterMs;
    for (const auto& line : script.lines)
        milliseconds += line.pauseBeforeMs;
    return static_cast<double> (milliseconds) / 1000.0 + gapSeconds;
}

int ScriptCheck::exitCode() const
{
    return refusals.empty() ? exitOk : exitRefused;
}

Json toJson (const ScriptCheck& check)
{
    const auto& script = check.script;
    auto speakers = Json::array(), scenes = Json::array(), lines = Json::array(), directions = Json::array(),
         notes = Json::array();
    for (std::size_t i = 0; i < script.speakers.size(); ++i)
    {
        const auto& voice = check.voices[i];
        speakers.push_back ({ { "name", script.speakers[i].name },
                              { "lines", linesOf (script, i) },
                              { "voice", voice.name.empty() ? Json() : Json (voice.name) },
                              { "file", voice.path.empty() ? Json() : Json (voice.path.string()) } });
    }
    for (const auto& scene : script.scenes)
        scenes.push_back ({ { "title", scene.title }, { "line", scene.sourceLine } });
    for (const auto& line : script.lines)
        lines.push_back ({ { "line", line.sourceLine },
                           { "scene", line.scene },
                           { "speaker", script.speakers[static_cast<std::size_t> (line.speaker)].name },
                           { "text", line.text },
                           { "direction", line.direction },
                           { "pause_before_ms", line.pauseBeforeMs },
                           { "estimated_seconds", secondsOf (line) } });
    for (const auto& direction : script.directions)
        directions.push_back ({ { "line", direction.sourceLine }, { "text", direction.text } });
    for (const auto& note : script.notes)
        notes.push_back ({ { "line", note.sourceLine == 0 ? Json() : Json (note.sourceLine) },
                           { "kind", nameOf (note.kind) },
                           { "text", note.text } });
    for (const auto& note : check.notes)
        notes.push_back ({ { "line", Json() }, { "kind", "voice" }, { "text", note } });
    return { { "schema", "tableread-check" },
             { "version", ScriptCheck::version },
             { "script", check.file },
             { "model", check.model },
             { "typography", nameOf (check.typography) },
             { "speakers", speakers },
             { "scenes", scenes },
             { "lines", lines },
             { "pause_after_ms", script.pauseAfterMs },
             { "directions", directions },
             { "comments", script.comments },
             { "notes", notes },
             { "speech_seconds", check.speechSeconds() },
             { "estimated_seconds", check.speechSeconds() + check.pauseSeconds() },
             { "refusals", check.refusals } };
}

std::string toText (const ScriptCheck& check)
{
    const auto& script = check.script;
    auto text =
        fmt::format ("{}: {}, {}, about {} of speech and {} of pauses{}; typography {}.\n\n", check.file,
                     count (static_cast<std::int64_t> (script.lines.size()), "line"),
                     count (static_cast<std::int64_t> (script.speakers.size()), "speaker"),
                     clockText (check.speechSeconds()), clockText (check.pauseSeconds()),
                     script.comments > 0 ? ", " + count (script.comments, "comment") + " left out" : "",
                     nameOf (check.typography));
    for (std::size_t i = 0; i < script.speakers.size(); ++i)
    {
        const auto& voice = check.voices[i];
        text += fmt::format ("{}: {}, {}\n", script.speakers[i].name, count (linesOf (script, i), "line"),
                             voice.name.empty() ? "no voice"
                                                : "voice " + voice.name + " (" + voice.path.string() + ")");
    }
    text += '\n' + linesText (script);
    auto notes = sentencesOf (script.notes);
    notes.insert (notes.end(), check.notes.begin(), check.notes.end());
    text += listed ("Notes:", notes) + listed ("render would refuse this:", check.refusals);
    return check.refusals.empty() ? text + "\nNothing would be refused.\n" : text;
}
} // namespace tableread::engine
