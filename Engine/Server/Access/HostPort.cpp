// SPDX-License-Identifier: Apache-2.0
#include "Server/Access/HostPort.h"

#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace tableread::engine
{
namespace
{
/** An address of this family in its usual spelling; empty if the text is none. */
std::string usualSpelling (int family, const std::string& text)
{
    std::array<unsigned char, sizeof (in6_addr)> address {};
    std::array<char, INET6_ADDRSTRLEN> spelling {};
    if (text.find ('\0') != std::string::npos || // where inet_pton would stop
        inet_pton (family, text.c_str(), address.data()) != 1 ||
        inet_ntop (family, address.data(), spelling.data(), spelling.size()) == nullptr)
        return {};
    return spelling.data();
}

/** In lower case; empty if it cannot be a name. */
std::string nameIn (std::string_view text)
{
    constexpr std::size_t longest = 253;
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._";
    std::string name (text.substr (0, longest + 1));
    for (auto& letter : name)
        if (letter >= 'A' && letter <= 'Z')
            letter = static_cast<char> (letter - 'A' + 'a');
    return name.size() > longest || name.find_first_not_of (allowed) != std::string::npos ? std::string()
                                                                                          : name;
}
} // namespace

std::optional<HostPort> HostPort::parse (std::string_view text)
{
    const bool isBracketed = ! text.empty() && text.front() == '[';
    const auto end = isBracketed ? text.find (']') : text.find (':');
    HostPort parsed;
    if (isBracketed)
    {
        if (end == std::string_view::npos)
            return {};
        parsed.host = usualSpelling (AF_INET6, std::string (text.substr (1, end - 1)));
        text.remove_prefix (end + 1);
    }
    else
    {
        parsed.host = nameIn (text.substr (0, end));
        text.remove_prefix (parsed.host.empty() ? 0 : std::min (end, text.size()));
    }
    parsed.isAddress = isBracketed || ! usualSpelling (AF_INET, parsed.host).empty();
    if (parsed.host.empty())
        return {};
    if (text.empty())
        return parsed;
    std::uint16_t port = 0;
    const auto* const last = text.data() + text.size();
    const auto [stopped, error] = std::from_chars (text.data() + 1, last, port);
    if (text.front() != ':' || error != std::errc() || stopped != last)
        return {};
    parsed.port = port;
    return parsed;
}

std::string HostPort::text() const
{
    const bool isBracketed = host.find (':') != std::string::npos;
    return (isBracketed ? '[' + host + ']' : host) + (port ? ':' + std::to_string (*port) : std::string());
}
} // namespace tableread::engine
