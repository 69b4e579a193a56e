// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>

#include "Core/Error.h"

namespace tableread::engine
{
/** The secret that clients on TCP show, as their bearer token. */
class Token
{
public:
    static constexpr std::size_t leastBytes = 16, mostBytes = 4096;

    /** Reads a file with one line of printable ASCII without blanks. It must be a regular file, not a link, that belongs to
        this user and that nobody else may read or write.
        @returns NotFound, InvalidInput or Io, with a sentence that says how to make one. */
    [[nodiscard]] static Result<Token> read (const std::filesystem::path& file);

    /** @param text has one of the sizes above. */
    explicit Token (std::string_view text);

    /** Whether this is it. How long that takes says nothing about the token: every byte of it, and of the room behind it, is
        looked at. */
    bool is (std::string_view offered) const;

private:
    std::array<char, mostBytes> bytes {}; // zeros behind its end
    std::size_t size;
};
} // namespace tableread::engine
