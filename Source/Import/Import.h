// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

#include "Script/Script.h"

namespace tableread
{
struct ImportOptions
{
    ScriptRules rules = {};
    bool asText = false;         // read as a plain script whatever it looks like
    std::string textOption = {}; // that the user gives for it, to be named by the error; empty: there is none
};

/** Reads a script (Script/Script.h). @returns Unsupported if it is in another format. */
[[nodiscard]] Result<Script> importScript (std::string_view utf8, const ImportOptions& options = {});

/** A script's file as it is, for programs that keep the text. Its end is missing if it is longer than a script may be.
    The file's name becomes the error's `where`. */
[[nodiscard]] Result<std::string> readScriptText (const std::filesystem::path& file);

/** Reads a script from a file, whose name becomes the error's `where`. */
[[nodiscard]] Result<Script> readScript (const std::filesystem::path& file,
                                         const ImportOptions& options = {});

/** Reads a script from a stream, such as standard input. */
[[nodiscard]] Result<Script> readScript (std::istream& stream, const ImportOptions& options = {});
} // namespace tableread
