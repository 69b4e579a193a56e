// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Parsing/Head.h"

#include <algorithm>

#include "Server/Http/Parsing/Grammar.h"

namespace tableread::engine
{
namespace
{
bool isDigit (char c)
{
    return c >= '0' && c <= '9';
}

bool isVisible (unsigned char c)
{
    return c > ' ' && c < 0x7f;
}

/** What a head says about its body and its place. */
struct Framing
{
    int lengths = 0, codings = 0, hosts = 0;
    bool otherCoding = false;
};

std::optional<Refusal> checkRequestLine (std::string_view line, bool& isOld)
{
    const auto first = line.find (' '), last = line.rfind (' ');
    if (first == last)
        return Refusal { 400, "its first line is not a method, a path and a version" };
    const auto target = line.substr (first + 1, last - first - 1);
    const auto version = line.substr (last + 1);
    if (! isToken (line.substr (0, first)) || target.empty() ||
        ! std::all_of (target.begin(), target.end(), isVisible))
        return Refusal { 400, "its first line is not a method, a path and a version" };
    isOld = version == "HTTP/1.0";
    if (isOld || version == "HTTP/1.1")
        return {};
    if (version.substr (0, 5) == "HTTP/")
        return Refusal { 505, "its version is neither 1.0 nor 1.1" };
    return Refusal { 400, "its first line is not a method, a path and a version" };
}

std::optional<Refusal> checkField (std::string_view line, Framing& framing)
{
    const auto colon = line.find (':');
    if (colon == std::string_view::npos || ! isToken (line.substr (0, colon)))
        return Refusal { 400, "a header line does not begin with a name and a colon" };
    const auto name = line.substr (0, colon);
    const auto value = trimmedField (line.substr (colon + 1));
    if (! isFieldValue (value))
        return Refusal { 400, "a header's value has control characters" };

    constexpr std::size_t mostDigits = 18; // fits 64 bits; anything near it is far beyond every limit
    if (sameWord (name, "Content-Length"))
    {
        ++framing.lengths;
        if (value.empty() || ! std::all_of (value.begin(), value.end(), isDigit))
            return Refusal { 400, "its Content-Length is not a number of bytes" };
        if (value.size() > mostDigits)
            return Refusal { 413, "its Content-Length has " + std::to_string (value.size()) + " digits" };
    }
    else if (sameWord (name, "Transfer-Encoding"))
    {
        ++framing.codings;
        framing.otherCoding = framing.otherCoding || ! sameWord (value, "chunked");
    }
    else if (sameWord (name, "Host"))
        ++framing.hosts;
    return {};
}
} // namespace

void HeadScanner::endLine (std::string_view bytes)
{
    if (at == 0 || bytes[at - 1] != '\r')
        refused = Refusal { 400, "a line ends without a carriage return" };
    else if (at - line > 1)
    {
        if (++lines > limits.fields + 1)
            refused =
                Refusal { 431, "it has more than " + std::to_string (limits.fields) + " header fields" };
    }
    else if (lines > 0)
        complete = true;
    else if (line > 0)
        refused = Refusal { 400, "it begins with empty lines" };
    line = at + 1;
}

std::optional<std::size_t> HeadScanner::scan (std::string_view bytes)
{
    for (; at < bytes.size() && ! complete && ! refused; ++at)
    {
        if (bytes[at] == '\n')
            endLine (bytes);
        else if (at > line && bytes[at - 1] == '\r')
            refused = Refusal { 400, "a line has a carriage return in its middle" };
        else if (lines == 0 && at - line >= limits.requestLineBytes)
            refused = Refusal { 414, "its first line has more than " +
                                         std::to_string (limits.requestLineBytes) + " bytes" };
        else if (at >= limits.headBytes)
            refused =
                Refusal { 431, "its head has more than " + std::to_string (limits.headBytes) + " bytes" };
    }
    return complete ? std::optional (at) : std::nullopt;
}

std::optional<Refusal> checkHead (std::string_view head)
{
    if (head.substr (0, lineEnd.size()) == lineEnd)
        head.remove_prefix (lineEnd.size());
    bool isOld = false;
    if (auto refused = checkRequestLine (takeLine (head), isOld))
        return refused;
    Framing framing;
    for (auto line = takeLine (head); ! line.empty(); line = takeLine (head))
        if (auto refused = checkField (line, framing))
            return refused;

    if (framing.lengths + framing.codings > 1)
        return Refusal { 400, "it states its body's length more than once" };
    if (framing.codings > 0 && isOld)
        return Refusal { 400, "version 1.0 has no Transfer-Encoding" };
    if (framing.hosts > 1 || (framing.hosts == 0 && ! isOld))
        return Refusal { 400, "it has not exactly one Host" };
    if (framing.otherCoding)
        return Refusal { 501, "the only Transfer-Encoding understood here is chunked" };
    return {};
}
} // namespace tableread::engine
