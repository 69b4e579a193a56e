// SPDX-License-Identifier: Apache-2.0
#include "Text/Prompt.h"

#include <string_view>

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::string_view systemText =
    " Transform the text provided by various speakers into speech output, "
    "utilizing the distinct voice of each respective speaker.\n";

bool isLineBreak (char16_t character)
{
    return (character >= 0x0a && character <= 0x0d) || character == 0x85 || character == 0x2028 ||
           character == 0x2029;
}

/** Removes white space at both ends, and makes each run of white space with a line break one space. */
std::string flatten (std::string_view utf8)
{
    const auto text = icu::UnicodeString::fromUTF8 ({ utf8.data(), (std::int32_t) utf8.size() });
    icu::UnicodeString flat;
    std::int32_t runStart = 0; // of the white space before `at`
    bool hasBreak = false;     // in that white space

    for (std::int32_t at = 0; at < text.length(); ++at)
    {
        const auto unit = text.charAt (at); // white space is never a surrogate
        if (u_isUWhiteSpace (unit))
        {
            hasBreak = hasBreak || isLineBreak (unit);
            continue;
        }
        if (hasBreak && ! flat.isEmpty())
            flat += u' ';
        else if (! flat.isEmpty())
            flat.append (text, runStart, at - runStart);
        flat += unit;
        runStart = at + 1;
        hasBreak = false;
    }
    std::string result;
    return flat.toUTF8String (result);
}

void check (std::span<const std::int64_t> voiceFrames, std::span<const SpokenLine> lines)
{
    if (lines.empty())
        fail (ErrorCode::InvalidInput, "there is no line to speak. Give at least one.");
    for (std::size_t i = 0; i < voiceFrames.size(); ++i)
        if (voiceFrames[i] < 1)
            fail (ErrorCode::InvalidInput,
                  "voice " + std::to_string (i) + " has no audio. Choose a longer recording.");
    for (const auto& line : lines)
        if (line.speaker < 0 || (! voiceFrames.empty() && (std::size_t) line.speaker >= voiceFrames.size()))
            fail (ErrorCode::InvalidInput,
                  "speaker " + std::to_string (line.speaker) + " has no voice; there are " +
                      std::to_string (voiceFrames.size()) + ". Give each speaker one.");
}
} // namespace

Prompt buildPrompt (const Tokenizer& tokenizer, std::span<const std::int64_t> voiceFrames,
                    std::span<const SpokenLine> lines)
{
    check (voiceFrames, lines);

    Prompt prompt;
    const auto& specials = tokenizer.specials();
    const auto add = [&] (std::string_view text) {
        const auto ids = tokenizer.encode (text);
        prompt.ids.insert (prompt.ids.end(), ids.begin(), ids.end());
    };

    add (systemText);
    if (! voiceFrames.empty())
        add (" Voice input:\n");
    for (std::size_t i = 0; i < voiceFrames.size(); ++i)
    {
        add (" Speaker " + std::to_string (i) + ":");
        prompt.ids.push_back (specials.speechStart);
        for (std::int64_t frame = 0; frame < voiceFrames[i]; ++frame)
        {
            prompt.voicePositions.push_back ((std::int64_t) prompt.ids.size());
            prompt.ids.push_back (specials.speechFrame);
        }
        prompt.ids.push_back (specials.speechEnd);
        add ("\n");
    }

    add (" Text input:\n");
    prompt.prefix = (std::int64_t) prompt.ids.size();
    for (const auto& line : lines)
    {
        const auto text = flatten (line.text);
        if (text.empty())
            fail (ErrorCode::InvalidInput,
                  "a line of speaker " + std::to_string (line.speaker) + " has no text. Leave it out.");
        add (" Speaker " + std::to_string (line.speaker) + ": " + text + "\n");
    }
    add (" Speech output:\n");
    prompt.ids.push_back (specials.speechStart);
    return prompt;
}
} // namespace tableread::engine
