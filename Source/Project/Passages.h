// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "Passage/Passage.h"
#include "Project/Document.h"

namespace tableread::project
{
/** Lines of a document that one pass speaks. */
struct PassageView
{
    std::size_t first = 0, count = 0;  // of Document::lines
    std::vector<std::string> speakers; // at most Passage::mostSpeakers, in the order of their first lines
    ModelSamples pauseBefore;          // that the script asks for; else the gap of Settings
};

/** The passages in order: a line begins one unless it joinsPrevious, has the scene and speakers for it (at most four) and
    neither a pause nor an anchor before it. A speaker counts once for each mood, which is another voice for the model. */
std::vector<PassageView> passagesOf (const Document& document);

/** The one that holds a line, by its place in Document::lines. */
const PassageView& passageWith (const std::vector<PassageView>& passages, std::size_t line);

/** "line 5, Anna": as its lines stand in the script. */
std::string titleOf (const Document& document, const PassageView& passage);
} // namespace tableread::project
