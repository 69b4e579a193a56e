// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Project/Document.h"

/** The `.tableread` format, which is also the plugin's state in a host's session. Assets/docs/project.md is its
    specification. */
namespace tableread::project
{
/** The version that is written. 1 is the plugin's state from before there were projects (StateV1.h). */
inline constexpr int formatVersion = 2;

/** The most that is read or written: about 35 minutes of embedded audio that no FLAC holds, or a few hours of other. */
inline constexpr std::size_t mostFileBytes = std::size_t { 256 } << 20;

struct Unknown; // Unknown.h

/** Takes' audio that a file holds itself: JSON by the hash of the samples (Collect.h). */
using EmbeddedAudio = std::map<std::string, std::shared_ptr<const std::string>>;

/** What a file holds. Copies share all of it. */
struct Content
{
    std::shared_ptr<const Document> document = std::make_shared<const Document>(); // never null
    std::shared_ptr<const Unknown> unknown {};     // what this version does not know; null: nothing
    std::shared_ptr<const EmbeddedAudio> audio {}; // null: none
    std::vector<std::string> notes {};             // sentences on how it was read
};

/** Reads a file or a state. Believes nothing: bytes, depth and counts are limited, each field is checked.

    Threads   any.
    @param name  what it is called in errors and notes: a file's name, "the saved state"
    @returns InvalidInput for what is no project or is damaged; Unsupported for a newer version, which has to be kept as it
             is; OutOfMemory. */
[[nodiscard]] Result<Content> parse (std::string_view text, const std::string& name);

/** One object, with a line for each entry of its lists. Embedded audio that no take has any more is left out. */
std::string toText (const Content& content);

/** Whether a file that begins like this is a project or a state. */
bool isProjectText (std::string_view head);
} // namespace tableread::project
