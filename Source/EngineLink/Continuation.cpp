// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Continuation.h"

#include <algorithm>
#include <cstring>

namespace tableread
{
void Continuation::add (std::span<const float> speech)
{
    const auto repeated =
        (std::size_t) std::clamp<std::int64_t> (known - position, 0, (std::int64_t) speech.size());
    for (std::size_t at = 0; at < repeated; at += before.size())
    {
        const auto count = std::min (before.size(), repeated - at);
        take.audio().read (position + (std::int64_t) at, { before.data(), count });
        same = same && std::memcmp (before.data(), speech.data() + at, count * sizeof (float)) == 0;
    }
    const auto fresh = speech.subspan (repeated);
    if (same)
        whole = whole && take.append (fresh) == fresh.size();
    position += (std::int64_t) speech.size();
}
} // namespace tableread
