// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "Project/Requests.h"

namespace tableread::project
{
/** Whether a passage is locked, and plays other words, voices or settings than it has by now. */
bool playsOlder (const Document& document, const PassageView& passage);

/** How many passages do so. */
std::size_t olderLocks (const Document& document);

/** "1 locked line plays older words, voices or settings"; empty for none. */
std::string olderLocksText (std::size_t count);
} // namespace tableread::project
