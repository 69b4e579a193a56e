// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tableread::engine
{
/** The whole of a small text file. @throws Exception NotFound, Io, or InvalidInput if it is larger than `maxBytes`. */
std::string readTextFile (const std::filesystem::path& path, std::uint64_t maxBytes);

/** Parses JSON as in a checkpoint's files: an object at the top, no key twice in one object.
    @throws Exception InvalidInput with the position in the text of the first error. */
nlohmann::json parseJsonObject (std::string_view text, const std::string& where);

/** A name from a file in a form for messages: in quotes, printable, and shortened if it is very long. */
std::string inQuotes (std::string_view name);
} // namespace tableread::engine
