// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Project/Requests.h"

namespace tableread::engine
{
/** The take that a bounce plays: of the words, voices and settings as they are now, unless its line is locked. Null: it
    has to be rendered first. */
const project::TakeRecord* heardTake (const project::Document& document, const project::PassageView& passage);

/** "done", "cut off"; without such a take "failed", "stale" (others are there) or "missing". */
const char* statusOf (const project::Document& document, const project::PassageView& passage);
} // namespace tableread::engine
