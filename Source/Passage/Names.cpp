// SPDX-License-Identifier: Apache-2.0
#include "Passage/Names.h"

#include "Script/NameKey.h"
#include "Script/Text.h"

namespace tableread
{
std::string foldedName (std::string_view utf8)
{
    if (const auto text = decodeUtf8 (utf8))
        return encodeUtf8 (nameKey (*text));
    std::string folded (utf8);
    for (auto& letter : folded)
        if (letter >= 'A' && letter <= 'Z')
            letter = (char) (letter - 'A' + 'a');
    return folded;
}

bool sameName (std::string_view a, std::string_view b)
{
    return foldedName (a) == foldedName (b);
}

std::string listed (std::span<const std::string> names)
{
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
    return text;
}
} // namespace tableread
