// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Project/Requests.h"
#include "Take/SampleStore.h"

namespace tableread::engine
{
/** The take that a bounce plays: of the words, voices and settings as they are now, unless its line is locked. Null: it
    has to be rendered first. */
const project::TakeRecord* heardTake (const project::Document& document, const project::PassageView& passage);

/** "done", "cut off", "missing" if neither the store nor the project has its samples; without such a take "failed", "stale"
    (others are there) or "missing". */
const char* statusOf (const project::Document& document, const project::PassageView& passage,
                      SampleStore& store);
} // namespace tableread::engine
