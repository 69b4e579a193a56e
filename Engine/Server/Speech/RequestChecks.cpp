// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/RequestChecks.h"

#include <algorithm>
#include <array>
#include <span>

#include <nlohmann/json.hpp>

#include "Core/JsonFields.h"
#include "Script/Characters.h"
#include "Script/Text.h"

namespace tableread::engine
{
std::string printableField (std::string name)
{
    constexpr std::size_t longest = 64;
    name.resize (std::min (name.size(), longest));
    for (auto& letter : name)
        if (letter < ' ' || letter > '~' || letter == '"' || letter == '\\')
            letter = '?';
    return name;
}

namespace
{
using Json = nlohmann::json;

tl::unexpected<Error> refused (ErrorCode code, std::string message, std::string field)
{
    return tl::make_unexpected (Error { code, std::move (message), std::move (field) });
}

void warnOfUnknown (const Json& object, std::span<const std::string_view> known, const std::string& prefix,
                    std::vector<std::string>& warnings)
{
    constexpr std::size_t most = 8; // headers are limited in size, and many unknown fields have one cause
    for (const auto& [name, value] : object.items())
        if (! value.is_null() && std::find (known.begin(), known.end(), name) == known.end() &&
            warnings.size() < most)
            warnings.push_back ("field " + prefix + printableField (name) + " is not used");
}

/** Makes one line of text: each run of white space becomes one space, with none at the ends. A line break would begin
        another speaker's line in the model's prompt. */
std::string asOneLine (std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n\v\f";
    std::string line;
    for (std::size_t at = text.find_first_not_of (blanks); at != std::string_view::npos;
         at = text.find_first_not_of (blanks, at))
    {
        const auto end = std::min (text.find_first_of (blanks, at), text.size());
        line.append (line.empty() ? "" : " ").append (text.substr (at, end - at));
        at = end;
    }
    return line;
}
} // namespace

std::string spokenText (const std::string& text, Typography typography)
{
    const auto line = decodeUtf8 (asOneLine (text)); // JSON is UTF-8
    return line ? asOneLine (encodeUtf8 (typeset (withoutInvisible (*line), typography).text)) : text;
}

Result<CheckedRequest> checkRequest (std::string_view body, Typography typography)
{
    auto parsed = protocol::parseSpeechRequest (body);
    if (! parsed)
        return tl::make_unexpected (parsed.error());
    CheckedRequest checked;
    checked.request = std::move (*parsed);

    constexpr std::array<std::string_view, 9> topFields { "model",           "input",  "voice",
                                                          "response_format", "stream", "stream_format",
                                                          "tableread",       "speed",  "instructions" };
    constexpr std::array<std::string_view, 10> extensionFields { "lines", "voices", "seed",   "cfg_scale",
                                                                 "steps", "format", "client", "due_ms",
                                                                 "id",    "whole" };
    const auto json = parseJson (body, "the request");
    warnOfUnknown (json, topFields, {}, checked.warnings);
    if (const auto found = json.find ("tableread"); found != json.end() && found->is_object())
        warnOfUnknown (*found, extensionFields, "tableread.", checked.warnings);
    const JsonFields fields (json, {});
    if (const auto* instructions = fields.find ("instructions");
        instructions != nullptr && *instructions != "")
        return refused (ErrorCode::Unsupported,
                        "the model follows no instructions. Choose a voice that speaks as you wish.",
                        "instructions");
    if (const auto* speed = fields.find ("speed"); speed != nullptr && *speed != 1)
        return refused (ErrorCode::Unsupported, "the model sets the speed of speech: only 1 is supported",
                        "speed");

    auto& request = checked.request;
    const bool isPlain = request.lines.empty();
    if (isPlain)
        request.lines.push_back ({ 0, request.input });
    if (request.voices.empty() && (! request.voice.empty() || ! request.voiceId.empty()))
    {
        request.voices.push_back ({ request.voice, {}, request.voiceId });
        checked.voiceIsNamed = true;
    }
    for (std::size_t i = 0; i < request.lines.size(); ++i)
    {
        auto& line = request.lines[i];
        line.text = spokenText (line.text, typography);
        const auto field = isPlain ? "input" : "tableread.lines[" + std::to_string (i) + "].text";
        if (line.text.empty())
            return refused (ErrorCode::InvalidInput, "the text is empty, so there is nothing to speak",
                            field);
    }
    return checked;
}
} // namespace tableread::engine
