// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tableread
{
/** How characters that people type for looks reach the model. */
enum class Typography
{
    Off,  // as they are
    Demo, // as in the official demos for these checkpoints: ’ becomes '
    Full  // all quotes, dashes, spaces, ligatures and full-width ASCII become plain ASCII; emoji are left out
};

struct Typeset
{
    std::u32string text;
    bool lostEmoji = false;
};

Typeset typeset (std::u32string_view text, Typography typography);
} // namespace tableread
