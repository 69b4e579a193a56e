// SPDX-License-Identifier: Apache-2.0
#include "Import/Format.h"

#include <algorithm>

#include "Import/Fountain.h"

namespace tableread
{
namespace
{
constexpr std::string_view blanks = " \t\r\n\f\v", byteOrderMark = "\xef\xbb\xbf";

std::string_view afterBlanks (std::string_view text)
{
    return text.substr (std::min (text.find_first_not_of (blanks), text.size()));
}

std::string_view trimmedAscii (std::string_view text)
{
    text = afterBlanks (text);
    return text.substr (0, text.find_last_not_of (blanks) + 1);
}

/** The next line that is not blank; removes it from `text`. */
std::string_view takeWrittenLine (std::string_view& text)
{
    text = afterBlanks (text);
    const auto line = text.substr (0, text.find_first_of ("\r\n"));
    text.remove_prefix (line.size());
    return trimmedAscii (line);
}

bool isDigit (char c)
{
    return c >= '0' && c <= '9';
}

/** "00:00:01,500", as subtitles have it; removes it from `text`. */
bool takeTime (std::string_view& text)
{
    constexpr std::string_view dividers = ":.,";
    std::size_t end = 0, colons = 0;
    for (; end < text.size() && (isDigit (text[end]) || dividers.find (text[end]) != dividers.npos); ++end)
        colons += text[end] == ':' ? 1 : 0;
    const bool isTime = colons > 0 && isDigit (text[0]) && isDigit (text[end - 1]);
    text.remove_prefix (end);
    return isTime;
}

/** "00:00:01,500 --> 00:00:04,000" */
bool isTiming (std::string_view line)
{
    constexpr std::string_view arrow = "-->";
    if (! takeTime (line))
        return false;
    line = afterBlanks (line);
    if (! line.starts_with (arrow))
        return false;
    line = afterBlanks (line.substr (arrow.size()));
    return takeTime (line);
}

bool isSrt (std::string_view text)
{
    const auto first = takeWrittenLine (text);
    if (isTiming (first))
        return true;
    const bool isNumber = ! first.empty() && std::all_of (first.begin(), first.end(), isDigit);
    return isNumber && isTiming (takeWrittenLine (text));
}

bool isWebVtt (std::string_view text)
{
    constexpr std::string_view name = "WEBVTT";
    return text.starts_with (name) &&
           (text.size() == name.size() || blanks.find (text[name.size()]) != blanks.npos);
}

bool isFdx (std::string_view text)
{
    constexpr std::size_t head = 4096; // of the file: an XML declaration and comments come first
    return text.starts_with ('<') && text.substr (0, head).find ("<FinalDraft") != text.npos;
}

/** What is behind a JSON string at the start of `text`; empty if there is none. */
std::string_view afterString (std::string_view text)
{
    if (! text.starts_with ('"'))
        return {};
    for (std::size_t at = 1; at < text.size(); ++at)
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return afterBlanks (text.substr (at + 1));
        else if (text[at] == '\n')
            break;
    return {};
}

bool beginsValue (std::string_view text)
{
    return ! text.empty() &&
           (isDigit (text.front()) || text.front() == '"' || text.front() == '{' || text.front() == '[');
}

/** An object, or a list of objects or strings: "[Anna] Hello" is none. */
bool isJson (std::string_view text)
{
    constexpr int mostNested = 8;
    for (int i = 0; i < mostNested && text.starts_with ('['); ++i)
    {
        text = afterBlanks (text.substr (1));
        if (const auto rest = afterString (text);
            rest.starts_with (']') || (rest.starts_with (',') && beginsValue (afterBlanks (rest.substr (1)))))
            return true;
    }
    if (! text.starts_with ('{'))
        return false;
    text = afterBlanks (text.substr (1));
    return text.starts_with ('}') || afterString (text).starts_with (':');
}
} // namespace

const char* nameOf (ScriptFormat format)
{
    switch (format)
    {
        case ScriptFormat::Srt:
            return "SRT subtitles";
        case ScriptFormat::WebVtt:
            return "WebVTT subtitles";
        case ScriptFormat::Fountain:
            return "a Fountain screenplay";
        case ScriptFormat::Fdx:
            return "a Final Draft screenplay (FDX)";
        case ScriptFormat::Json:
            return "JSON";
        case ScriptFormat::Text:
            break;
    }
    return "text";
}

ScriptFormat recogniseFormat (std::string_view utf8)
{
    if (utf8.starts_with (byteOrderMark))
        utf8.remove_prefix (byteOrderMark.size());
    if (isWebVtt (utf8))
        return ScriptFormat::WebVtt;
    utf8 = afterBlanks (utf8);
    if (isSrt (utf8))
        return ScriptFormat::Srt;
    if (isFdx (utf8))
        return ScriptFormat::Fdx;
    if (isJson (utf8))
        return ScriptFormat::Json;
    return isFountain (utf8) ? ScriptFormat::Fountain : ScriptFormat::Text;
}
} // namespace tableread
