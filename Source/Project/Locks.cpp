// SPDX-License-Identifier: Apache-2.0
#include "Project/Locks.h"

#include <algorithm>

#include "Project/Passages.h"

namespace tableread::project
{
namespace
{
bool playsOlder (const Document& document, const PassageView& passage, const Choices& choices)
{
    return document.lines[passage.first]->isLocked && choices.of (passage).isStale;
}
} // namespace

bool playsOlder (const Document& document, const PassageView& passage)
{
    return playsOlder (document, passage, Choices (document));
}

std::size_t olderLocks (const Document& document)
{
    const Choices choices (document);
    const auto passages = passagesOf (document);
    return (std::size_t) std::count_if (passages.begin(), passages.end(), [&] (const auto& passage) {
        return playsOlder (document, passage, choices);
    });
}

std::string olderLocksText (std::size_t count)
{
    if (count == 0)
        return {};
    return (count == 1 ? "1 locked line plays" : std::to_string (count) + " locked lines play") +
           std::string (" older words, voices or settings");
}
} // namespace tableread::project
