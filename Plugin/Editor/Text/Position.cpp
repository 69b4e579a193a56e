// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Position.h"

#include <algorithm>

namespace tableread::plugin
{
std::size_t TextEdit::linesRemoved() const
{
    return (std::size_t) std::count (removed.begin(), removed.end(), '\n');
}

std::size_t TextEdit::linesInserted() const
{
    return (std::size_t) std::count (inserted.begin(), inserted.end(), '\n');
}

TextPosition afterReplacing (const TextPosition& position, const TextRange& before,
                             const TextPosition& endNow)
{
    if (position <= before.from)
        return position;
    if (position < before.to)
        return endNow;
    if (position.line == before.to.line)
        return { endNow.line, endNow.byte + (position.byte - before.to.byte) };
    return { endNow.line + (position.line - before.to.line), position.byte };
}
} // namespace tableread::plugin
