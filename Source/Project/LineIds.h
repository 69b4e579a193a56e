// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "Import/Import.h"
#include "Project/Document.h"

namespace tableread::project
{
/** How the document's script is read: who was given a voice by the user is known to be a speaker. */
ImportOptions importOptionsOf (const Document& document);

/** The document's script as it is read now, with notes and the silence after it. The error says why it has no lines. */
[[nodiscard]] Result<Script> scriptOf (const Document& document);

/** The document with this script. A line that was there before (Matching/Lines.h) keeps its id and all that is not in the
    script; a new one gets a new id. A text in which there is nothing to speak, or in another format, is kept and has no
    lines, so that nothing that was typed is lost.
    @returns InvalidInput or OutOfRange for what is no text, or too long (Script/Script.h). */
[[nodiscard]] Result<Document> withScript (const Document& before, std::string text);

/** Replaces the document's lines and scenes by the script's. `former` has for each of these the place of the line that it
    was, or `unmatched`. */
void adoptLines (Document& document, const Script& script, std::span<const std::size_t> former);
} // namespace tableread::project
