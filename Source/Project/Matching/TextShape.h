// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tableread::project
{
/** Which pairs of neighbouring bytes a text has, to tell an edited text from another one. */
class TextShape
{
public:
    explicit TextShape (std::string_view text);

    /** 0: nothing in common; 1: the same pairs, or very nearly. */
    float likeness (const TextShape& other) const;

private:
    std::array<std::uint8_t, 256> pairs {}; // counts, by a hash of the pair
    std::uint32_t sum = 0;
};

inline constexpr float alike = 0.5f; // the likeness of a text before and after an edit
} // namespace tableread::project
