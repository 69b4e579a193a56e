// SPDX-License-Identifier: Apache-2.0
#include "Script/Parser.h"

#include <algorithm>
#include <utility>

#include "Script/Direction.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
std::u32string_view withoutMarks (std::u32string_view line, char32_t mark)
{
    const auto start = std::min (line.find_first_not_of (mark), line.size());
    line.remove_prefix (start);
    return trimmed (line.substr (0, line.find_last_not_of (mark) + 1));
}
} // namespace

ScriptParser::ScriptParser (std::vector<std::u32string> text, const ScriptRules& wanted)
    : rules (wanted)
    , source (std::move (text), wanted)
    , builder (wanted.typography)
{}

Result<Script> ScriptParser::parse()
{
    int number = 0;
    for (const auto& line : source.lines())
    {
        builder.beginSourceLine (++number);
        parseLine (line);
        if (auto size = builder.checkSize(); ! size)
            return tl::unexpected (size.error());
    }
    return builder.finish();
}

void ScriptParser::parseLine (const SourceLine& line)
{
    switch (line.kind)
    {
        case SourceLine::Kind::Blank:
            builder.closeLine();
            break;
        case SourceLine::Kind::Comment:
            builder.addComment();
            break;
        case SourceLine::Kind::Title:
            builder.beginScene (withoutMarks (line.text, U'='));
            break;
        case SourceLine::Kind::Escaped:
            builder.speak (line.text);
            break;
        case SourceLine::Kind::Direction:
            takeLeadingPauses (line.text);
            builder.closeLine();
            builder.addDirection (line.rest.substr (1, line.rest.size() - 2));
            break;
        case SourceLine::Kind::Hash:
            if (source.speakerOf (line))
            {
                builder.addComment();
                break;
            }
            builder.note (NoteKind::HashSpoken,
                          quoted (line.text) + " is spoken: a comment has a space behind its #.");
            speakWithPauses (line.text);
            break;
        case SourceLine::Kind::Spoken:
            parseSpoken (line);
            break;
    }
}

void ScriptParser::parseSpoken (const SourceLine& line)
{
    if (line.text.starts_with (U"=="))
        builder.note (NoteKind::Title, "this is spoken, since a title also ends with ==.");
    takeLeadingPauses (line.text);
    auto text = line.rest;
    if (auto cue = source.speakerOf (line))
    {
        text = cue->text;
        builder.beginCue (std::move (*cue));
        text = takeDirections (text);
    }
    else if (! rules.speakDirections && isInBrackets (text))
    {
        builder.closeLine();
        builder.addDirection (text.substr (1, text.size() - 2));
        return;
    }
    else
    {
        if (builder.waitsForText())
            text = takeDirections (text);
        if (text.size() == line.rest.size())
            noteText (line);
    }
    speakWithPauses (text);
}

/** Says that what looks a little like a cue is spoken. */
void ScriptParser::noteText (const SourceLine& line)
{
    const auto cue = line.cue && line.cue->kind == Cue::Kind::Glued ? findCueForm (line.rest) : line.cue;
    if (! cue)
        return;
    const auto written = quoted (cue->written) + " is spoken as text";
    const auto name = encodeUtf8 (cue->name);
    builder.note (NoteKind::NotASpeaker, cue->kind == Cue::Kind::Text
                                             ? written + ", not taken for a speaker."
                                             : written + "; a voice for " + name + " (--voice \"" + name +
                                                   "=…\") makes " + name + " a speaker.");
}

/** Takes "(laughs)" and the like from the start of what somebody says. */
std::u32string_view ScriptParser::takeDirections (std::u32string_view text)
{
    if (rules.speakDirections)
        return text;
    while (true)
    {
        if (const auto pause = leadingPause (text))
        {
            addPause (text, *pause);
            text = trimmed (text.substr (pause->end));
        }
        else if (const auto found = leadingDirection (text))
        {
            builder.addDirection (found->text);
            text = found->rest;
        }
        else
            return text;
    }
}

/** The pauses before a cue. */
void ScriptParser::takeLeadingPauses (std::u32string_view line)
{
    for (auto pause = leadingPause (line); pause; pause = leadingPause (line))
    {
        addPause (line, *pause);
        line = trimmed (line.substr (pause->end));
    }
}

void ScriptParser::speakWithPauses (std::u32string_view line)
{
    std::u32string text;
    while (const auto pause = findPause (line, 0))
    {
        text.append (trimmed (line.substr (0, pause->start)));
        auto rest = trimmed (line.substr (pause->end));
        if (! text.empty()) // "Stop [pause 1s]." ends with its full stop
        {
            const auto closing = rest.substr (0, rest.find_first_not_of (U".,;:!?。，、；：！？"));
            text.append (closing);
            rest = trimmed (rest.substr (closing.size()));
        }
        if (pause->ms)
            builder.speak (std::exchange (text, {}));
        else if (! text.empty())
            text += U' ';
        addPause (line, *pause);
        line = rest;
    }
    builder.speak (text.append (line));
}

void ScriptParser::addPause (std::u32string_view line, const PauseMark& pause)
{
    builder.addPause (line.substr (pause.start, pause.end - pause.start), pause);
}
} // namespace tableread
