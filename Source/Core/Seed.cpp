// SPDX-License-Identifier: Apache-2.0
#include "Core/Seed.h"

#include <charconv>

namespace tableread
{
std::optional<std::uint64_t> parseSeed (std::string_view text)
{
    std::uint64_t seed = 0;
    const auto [end, problem] = std::from_chars (text.data(), text.data() + text.size(), seed);
    return problem == std::errc() && end == text.data() + text.size() ? std::optional (seed) : std::nullopt;
}
} // namespace tableread
