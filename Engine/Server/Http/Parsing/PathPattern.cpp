// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Parsing/PathPattern.h"

#include <algorithm>
#include <charconv>

namespace tableread::engine
{
namespace
{
std::optional<std::string> percentDecoded (std::string_view text)
{
    constexpr std::size_t digits = 2;
    std::string decoded;
    decoded.reserve (text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] != '%')
        {
            decoded += text[i];
            continue;
        }
        unsigned char byte = 0;
        const auto hex = text.substr (i + 1, digits);
        const auto* const end = hex.data() + hex.size();
        if (hex.size() < digits || std::from_chars (hex.data(), end, byte, 16).ptr != end)
            return {};
        decoded += static_cast<char> (byte);
        i += digits;
    }
    return decoded;
}

bool isUsable (std::string_view segment)
{
    constexpr unsigned char firstPrintable = 0x20, del = 0x7f;
    if (segment.empty() || segment == "." || segment == "..")
        return false;
    return std::ranges::none_of (segment, [] (char character) {
        const auto byte = static_cast<unsigned char> (character);
        return byte < firstPrintable || byte == del || byte == '/';
    });
}
} // namespace

std::optional<std::string> matchPath (std::string_view route, std::string_view path)
{
    constexpr std::string_view placeholder = "{id}";
    const auto at = route.find (placeholder);
    if (at == std::string_view::npos)
        return route == path ? std::optional<std::string> ("") : std::nullopt;
    const auto before = route.substr (0, at), after = route.substr (at + placeholder.size());
    if (path.size() <= before.size() + after.size() || ! path.starts_with (before) ||
        ! path.ends_with (after))
        return {};
    const auto segment = path.substr (at, path.size() - before.size() - after.size());
    if (segment.find ('/') != std::string_view::npos)
        return {};
    auto decoded = percentDecoded (segment);
    return decoded && isUsable (*decoded) ? decoded : std::nullopt;
}
} // namespace tableread::engine
