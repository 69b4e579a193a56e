// SPDX-License-Identifier: Apache-2.0
#include "Project/Matching/TextShape.h"

#include <algorithm>
#include <limits>

namespace tableread::project
{
TextShape::TextShape (std::string_view text)
{
    constexpr std::uint32_t scatter = 0x9e3779b1;
    constexpr auto most = std::numeric_limits<std::uint8_t>::max();
    std::uint32_t last = 0; // both ends of the text count as characters
    const auto add = [&] (std::uint32_t byte) {
        auto& count = pairs[((last << 8 | byte) * scatter) >> 24];
        if (count < most)
        {
            ++count;
            ++sum;
        }
        last = byte;
    };
    for (const char each : text)
        add ((unsigned char) each);
    add (0);
}

float TextShape::likeness (const TextShape& other) const
{
    std::uint32_t common = 0;
    for (std::size_t at = 0; at < pairs.size(); ++at)
        common += std::min (pairs[at], other.pairs[at]);
    return 2.0f * (float) common / (float) (sum + other.sum);
}
} // namespace tableread::project
