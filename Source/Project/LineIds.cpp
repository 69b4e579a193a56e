// SPDX-License-Identifier: Apache-2.0
#include "Project/LineIds.h"

#include <utility>

#include "Project/Matching/Lines.h"
#include "Script/Text.h"

namespace tableread::project
{
namespace
{
const std::string& speakerOf (const Script& script, const ScriptLine& line)
{
    return script.speakers[(std::size_t) line.speaker].name;
}

std::vector<LineText> textsOf (const Document& document)
{
    std::vector<LineText> texts;
    texts.reserve (document.lines.size());
    for (const auto& line : document.lines)
        texts.push_back ({ line->speaker, line->direction, line->text });
    return texts;
}

std::vector<LineText> textsOf (const Script& script)
{
    std::vector<LineText> texts;
    texts.reserve (script.lines.size());
    for (const auto& line : script.lines)
        texts.push_back ({ speakerOf (script, line), line.direction, line.text });
    return texts;
}

bool isAsRead (const Line& line, const ScriptLine& read, const std::string& speaker)
{
    return line.speaker == speaker && line.direction == read.direction && line.text == read.text &&
           line.pauseBeforeMs == read.pauseBeforeMs && line.scene == read.scene &&
           line.sourceLine == read.sourceLine;
}

/** A script that cannot be read may still be kept if it is text. */
bool canBeKept (const Error& error, const std::string& text)
{
    return error.code == ErrorCode::Unsupported ||
           (error.code == ErrorCode::InvalidInput && text.find ('\0') == text.npos && decodeUtf8 (text));
}
} // namespace

ImportOptions importOptionsOf (const Document& document)
{
    ImportOptions options;
    for (const auto& member : document.cast)
        if (member->isChosen && ! isEverybodyElse ({ member->speaker, {} }))
            options.rules.knownSpeakers.push_back (member->speaker);
    return options;
}

Result<Script> scriptOf (const Document& document)
{
    return importScript (*document.script, importOptionsOf (document));
}

Result<Document> withScript (const Document& before, std::string text)
{
    const auto script = importScript (text, importOptionsOf (before));
    if (! script && ! canBeKept (script.error(), text))
        return tl::unexpected (script.error());
    auto after = before;
    after.script = std::make_shared<const std::string> (std::move (text));
    if (script)
        adoptLines (after, *script, matchLines (textsOf (before), textsOf (*script)));
    else
    {
        after.lines.clear();
        after.scenes.clear();
    }
    return after;
}

void adoptLines (Document& document, const Script& script, std::span<const std::size_t> former)
{
    const auto before = std::exchange (document.lines, {});
    document.lines.reserve (script.lines.size());
    for (std::size_t at = 0; at < script.lines.size(); ++at)
    {
        const auto& read = script.lines[at];
        const auto& speaker = speakerOf (script, read);
        const bool isNew = former[at] == unmatched;
        if (! isNew && isAsRead (*before[former[at]], read, speaker))
        {
            document.lines.push_back (before[former[at]]);
            continue;
        }
        auto line = isNew ? std::make_shared<Line>() : std::make_shared<Line> (*before[former[at]]);
        if (isNew)
            line->id = { document.nextId++ };
        line->speaker = speaker;
        line->direction = read.direction;
        line->text = read.text;
        line->pauseBeforeMs = read.pauseBeforeMs;
        line->scene = read.scene;
        line->sourceLine = read.sourceLine;
        document.lines.push_back (std::move (line));
    }
    document.scenes.clear();
    for (const auto& scene : script.scenes)
        document.scenes.push_back (scene.title);
}
} // namespace tableread::project
