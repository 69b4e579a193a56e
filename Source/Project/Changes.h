// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Project/Project.h"

namespace tableread::project
{
/** What is different in `after`. */
Change changesBetween (const Document& before, const Document& after);
} // namespace tableread::project
