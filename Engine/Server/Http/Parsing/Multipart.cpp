// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Parsing/Multipart.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "Server/Http/Parsing/Grammar.h"

namespace tableread::engine
{
namespace
{
constexpr std::string_view headEnd = "\r\n\r\n", dashes = "--";

tl::unexpected<Refusal> malformed (const std::string& why)
{
    return tl::make_unexpected (Refusal { 400, "its form is malformed: " + why });
}

/** A field's value: form-data; name="voice"; filename="ada.wav" */
struct Value
{
    std::string_view word;
    std::vector<std::pair<std::string_view, std::string>> parameters;

    std::optional<std::string> find (std::string_view name) const
    {
        for (const auto& [key, value] : parameters)
            if (sameWord (key, name))
                return value;
        return {};
    }
};

/** Takes a quoted string off `rest`, of which the first quote is gone. */
std::optional<std::string> takeQuoted (std::string_view& rest)
{
    std::string text;
    for (std::size_t at = 0; at < rest.size(); ++at)
    {
        if (rest[at] == '"')
        {
            rest.remove_prefix (at + 1);
            return text;
        }
        if (rest[at] == '\\' && ++at == rest.size())
            break;
        text += rest[at];
    }
    return {};
}

/** Takes a token or a quoted string off `rest`. */
std::optional<std::string> takeParameterValue (std::string_view& rest)
{
    if (rest.starts_with ('"'))
    {
        rest.remove_prefix (1);
        return takeQuoted (rest);
    }
    const auto word = rest.substr (0, rest.find_first_of (" \t;"));
    rest.remove_prefix (word.size());
    return isToken (word) ? std::optional<std::string> (word) : std::nullopt;
}

/** Empty if it is malformed, has a parameter twice, or has more than anybody sends. */
std::optional<Value> parseValue (std::string_view rest)
{
    constexpr std::size_t mostParameters = 8;
    Value value;
    value.word = trimmedField (rest.substr (0, rest.find (';')));
    rest.remove_prefix (std::min (rest.size(), rest.find (';')));
    for (rest = trimmedField (rest); ! rest.empty(); rest = trimmedField (rest))
    {
        if (rest.front() != ';' || value.parameters.size() == mostParameters)
            return {};
        rest = trimmedField (rest.substr (1));
        const auto name = rest.substr (0, rest.find ('='));
        if (! isToken (name) || name.size() == rest.size() || value.find (name))
            return {};
        rest.remove_prefix (name.size() + 1);
        auto text = takeParameterValue (rest);
        if (! text)
            return {};
        value.parameters.emplace_back (name, std::move (*text));
    }
    return value;
}

/** The name in a part's head. */
tl::expected<std::string, Refusal> nameIn (std::string_view head)
{
    std::optional<std::string> name;
    while (! head.empty())
    {
        const auto line = takeLine (head);
        const auto colon = line.find (':');
        const auto field = line.substr (0, colon);
        if (colon == std::string_view::npos || ! isToken (field) || ! isFieldValue (line))
            return malformed ("a line in a part's head is not a name, a colon and a value");
        const auto text = line.substr (colon + 1);
        if (sameWord (field, "Content-Transfer-Encoding"))
        {
            const auto coding = trimmedField (text);
            if (! sameWord (coding, "binary") && ! sameWord (coding, "8bit") && ! sameWord (coding, "7bit"))
                return malformed ("a part is encoded. Send its bytes as they are");
        }
        if (! sameWord (field, "Content-Disposition"))
            continue;
        const auto value = parseValue (text);
        if (! value || name || ! sameWord (value->word, "form-data"))
            return malformed ("a part's Content-Disposition is not form-data with a name");
        name = value->find ("name");
    }
    if (! name || name->empty())
        return malformed ("a part has no name");
    return *name;
}
} // namespace

tl::expected<std::string, Refusal> boundaryOf (std::string_view contentType)
{
    const auto type = parseValue (contentType);
    const auto word = trimmedField (contentType.substr (0, contentType.find (';')));
    if (! sameWord (word, "multipart/form-data"))
        return tl::make_unexpected (Refusal { 415, "its body is not a form (multipart/form-data)" });
    constexpr std::size_t longest = 70; // RFC 2046, section 5.1.1
    constexpr std::string_view marks = "'()+_,-./:=? ";
    const auto boundary = type ? type->find ("boundary").value_or (std::string()) : std::string();
    const bool isUsable = std::all_of (boundary.begin(), boundary.end(), [=] (char c) {
        return isToken ({ &c, 1 }) || marks.find (c) != std::string_view::npos;
    });
    if (boundary.empty() || boundary.size() > longest || boundary.back() == ' ' || ! isUsable)
        return malformed ("its Content-Type has no usable boundary");
    return boundary;
}

tl::expected<std::vector<FormPart>, Refusal>
parseMultipart (const std::string& boundary, std::string_view body, const MultipartLimits& limits)
{
    std::string delimiter (lineEnd);
    delimiter.append (dashes).append (boundary);
    auto rest = body;
    if (! rest.starts_with (std::string_view (delimiter).substr (lineEnd.size())))
        return malformed ("it does not begin with its boundary");
    rest.remove_prefix (delimiter.size() - lineEnd.size());

    std::vector<FormPart> parts;
    while (! rest.starts_with (dashes))
    {
        if (! rest.starts_with (lineEnd))
            return malformed ("a boundary is not alone on its line");
        rest.remove_prefix (lineEnd.size());
        if (parts.size() == limits.parts)
            return malformed ("it has more than " + std::to_string (limits.parts) + " parts");
        const auto headSize = rest.substr (0, limits.headBytes).find (headEnd);
        if (headSize == std::string_view::npos)
            return malformed ("a part's head has no end, or more than " + std::to_string (limits.headBytes) +
                              " bytes");
        auto name = nameIn (rest.substr (0, headSize));
        if (! name)
            return tl::make_unexpected (std::move (name.error()));
        rest.remove_prefix (headSize + headEnd.size());
        // Linear, as a delimiter has one carriage return: no two attempts look at the same bytes.
        const auto size = rest.find (delimiter);
        if (size == std::string_view::npos)
            return malformed ("it ends before its last boundary");
        parts.push_back ({ std::move (*name), rest.substr (0, size) });
        rest.remove_prefix (size + delimiter.size());
    }
    rest.remove_prefix (dashes.size());
    if (! rest.empty() && rest != lineEnd)
        return malformed ("something follows its last boundary");
    return parts;
}
} // namespace tableread::engine
