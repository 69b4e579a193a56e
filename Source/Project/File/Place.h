// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "Project/File/Format.h"

namespace tableread::project
{
inline constexpr const char* projectExtension = ".tableread";

enum class Existing
{
    Replace, // a link stays one: the file that it points to is replaced
    Refuse   // Conflict if there is a file
};

/** Whether a file is a project, by its name or content; a pipe is not read. */
bool isProject (const std::filesystem::path& file);

/** For a program that writes one. @returns InvalidInput for a name that does not end in .tableread, in any case. */
[[nodiscard]] Result<void> checkName (const std::filesystem::path& file);

/** Reads a project's file. @returns what parse() does, with the file as `where`; NotFound, InvalidInput for what is no file,
    or Io. */
[[nodiscard]] Result<Content> readProject (const std::filesystem::path& file);

/** Writes it: to a temporary file beside it, then to the disk, then under its name (Audio/OutputFile.h), with the voices'
    paths relative to it. @returns also OutOfRange for more than mostFileBytes. */
[[nodiscard]] Result<void> writeProject (const std::filesystem::path& file, const Content& content,
                                         Existing existing = Existing::Replace);

/** The text that writeProject() writes there. @returns OutOfRange for more than mostFileBytes. */
[[nodiscard]] Result<std::string> fileText (const std::filesystem::path& file, const Content& content);

/** The same document, with the paths of recordings as seen from a folder. */
std::shared_ptr<const Document> withRelativePaths (const std::shared_ptr<const Document>& document,
                                                   const std::filesystem::path& folder);

/** A path as seen from a folder; empty if it is none or cannot be seen from there. */
std::filesystem::path relativeTo (const std::filesystem::path& folder, const std::filesystem::path& path);

/** The bytes of a regular file of at most mostFileBytes, read as they are. */
[[nodiscard]] Result<std::string> readBytes (const std::filesystem::path& file);

[[nodiscard]] Result<void> writeBytes (const std::filesystem::path& file, const std::string& bytes,
                                       Existing existing);
} // namespace tableread::project
