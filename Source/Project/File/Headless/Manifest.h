// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Project/Document.h"

namespace tableread::project
{
/** What a manifest says of a line besides what a document holds. */
struct ManifestLine
{
    std::string id; // names the line's file; unique, whatever its case
    std::optional<std::uint64_t> seed {};
};

/** A list of lines, as a game's own tools write it (Assets/docs/manifest.md): a document whose lines are spoken one by one. */
struct Manifest
{
    std::shared_ptr<const Document> document; // never null
    std::vector<ManifestLine> lines;          // one for each of the document's
};

/** Whether a file is a manifest: by its name, which ends in .json. */
bool isManifest (const std::filesystem::path& file);

/** Reads a manifest. Believes nothing: bytes, depth and counts are limited, each field is checked.

    Threads   any.
    @param name    what it is called in errors
    @param folder  where the paths of recordings begin
    @returns InvalidInput, with the line and the field; Unsupported for a newer version */
[[nodiscard]] Result<Manifest> parseManifest (std::string_view text, const std::string& name,
                                              const std::filesystem::path& folder);

/** @returns also NotFound and Io. */
[[nodiscard]] Result<Manifest> readManifest (const std::filesystem::path& file);
} // namespace tableread::project
