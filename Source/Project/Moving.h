// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Project/Edit.h"

namespace tableread::project
{
/** What MoveLines does (Edit.h). */
[[nodiscard]] Result<Document> withMovedLines (const Document& before, const MoveLines& move);
} // namespace tableread::project
