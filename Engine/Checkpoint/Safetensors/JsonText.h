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

/** JSON as a checkpoint's files have it: an object at the top, no key twice in one object.
    @throws Exception InvalidInput, saying where in the text it stops being that. */
nlohmann::json parseJsonObject (std::string_view text, const std::string& where);

/** A name out of a file, fit to stand in a message: in quotes, printable, and cut where it is very long. */
std::string inQuotes (std::string_view name);
} // namespace tableread::engine
