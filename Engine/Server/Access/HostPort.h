// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tableread::engine
{
/** A host and perhaps a port, as in "engine", "127.0.0.1:8080" and "[::1]:8080". */
struct HostPort
{
    std::string host; // in lower case; an address in its usual spelling: "::1" for [0:0::1]
    bool isAddress = false;
    std::optional<std::uint16_t> port = {};

    /** @returns nothing if the text has another form. */
    static std::optional<HostPort> parse (std::string_view text);

    /** As it would be parsed. */
    std::string text() const;
};
} // namespace tableread::engine
