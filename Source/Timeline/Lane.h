// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread
{
/** How a speaker is heard. */
struct Lane
{
    int bus = 0;         // 1 to 16: there too; 0: on the main bus alone
    double gainDb = 0.0; // 0: the very samples
    bool isMuted = false;
    bool isSolo = false; // of those who speak: others are muted

    bool operator== (const Lane&) const = default;
};
} // namespace tableread
