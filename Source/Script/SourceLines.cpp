// SPDX-License-Identifier: Apache-2.0
#include "Script/SourceLines.h"

#include <utility>

#include "Script/Characters.h"
#include "Script/Direction.h"
#include "Script/PauseMark.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
using Kind = SourceLine::Kind;

constexpr char32_t escape = U'\\', hash = U'#';

std::u32string_view afterPauses (std::u32string_view line)
{
    for (auto pause = leadingPause (line); pause; pause = leadingPause (line))
        line = trimmed (line.substr (pause->end));
    return line;
}

std::optional<Cue> anyCue (std::u32string_view line)
{
    if (auto cue = findCue (line))
        return cue;
    return findCueForm (line);
}
} // namespace

SourceLines::SourceLines (std::vector<std::u32string> text, const ScriptRules& rules)
    : speakDirections (rules.speakDirections)
    , source (std::move (text))
    , names (rules.knownSpeakers)
{
    read.reserve (source.size());
    for (auto& whole : source)
    {
        whole = withoutInvisible (whole);
        const auto& line = read.emplace_back (classify (trimmed (whole)));
        const bool speaks = line.kind == Kind::Escaped ||
                            ((line.kind == Kind::Spoken || line.kind == Kind::Hash) && ! line.rest.empty());
        if (speaks && hasLetterOrDigit (line.text))
            names.add (line.kind == Kind::Spoken && line.cue ? &*line.cue : nullptr);
    }
}

SourceLine SourceLines::classify (std::u32string_view text) const
{
    SourceLine line { .text = text, .rest = text };
    if (text.empty())
        return line;
    if (text.starts_with (U"==") && text.ends_with (U"=="))
        line.kind = Kind::Title;
    else if (text.front() == escape)
    {
        line.kind = Kind::Escaped;
        line.text = trimmed (text.substr (1));
    }
    else if (text.front() == hash)
    {
        line.rest = trimmed (text.substr (1));
        const bool alone = text.size() == 1 || isWhiteSpace (text[1]) || text[1] == hash;
        if (! alone)
            line.cue = anyCue (line.rest);
        line.kind = alone || (line.cue && line.cue->kind == Cue::Kind::Certain) ? Kind::Comment : Kind::Hash;
    }
    else
    {
        line.rest = afterPauses (text);
        const bool direction = ! speakDirections && isInParentheses (line.rest);
        line.kind = direction ? Kind::Direction : Kind::Spoken;
        if (! direction)
            line.cue = anyCue (line.rest);
    }
    return line;
}

std::optional<Cue> SourceLines::speakerOf (const SourceLine& line) const
{
    if (! line.cue || names.accept (*line.cue))
        return line.cue;
    if (line.cue->kind == Cue::Kind::Glued)
        if (auto other = findCueForm (line.rest); other && names.accept (*other))
            return other;
    return {};
}
} // namespace tableread
