// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Project/Document.h"
#include "Project/File/Place.h"

namespace tableread::project
{
inline constexpr const char* castExtension = ".cast";
inline constexpr int castVersion = 1;

/** A cast in a file of its own, for other projects. */
struct CastFile
{
    std::vector<Member> members;
    std::shared_ptr<const Unknown> unknown {}; // null: nothing
    std::vector<std::string> notes {};         // on how it was read
};

/** As parse(), for a cast. */
[[nodiscard]] Result<CastFile> parseCast (std::string_view text, const std::string& name);
std::string toText (const CastFile& cast);

/** Reads a cast's file; recordings that lie at their path relative to it are taken from there. @returns what readProject()
    does. */
[[nodiscard]] Result<CastFile> readCast (const std::filesystem::path& file);

/** As writeProject(). */
[[nodiscard]] Result<void> writeCast (const std::filesystem::path& file, const CastFile& cast,
                                      Existing existing = Existing::Replace);
} // namespace tableread::project
