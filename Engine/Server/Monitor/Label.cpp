// SPDX-License-Identifier: Apache-2.0
#include "Server/Monitor/Label.h"

#include <algorithm>

#include "Script/Text.h"

namespace tableread::engine
{
std::string metricName (std::string_view name)
{
    return "tableread_" + std::string (name);
}

std::string labelValue (std::string_view text)
{
    if (auto decoded = decodeUtf8 (text))
    {
        const auto isControl = [] (char32_t c) { return c < U' ' || (c >= 0x7f && c < 0xa0); };
        std::ranges::replace_if (*decoded, isControl, U'?');
        return encodeUtf8 (*decoded);
    }
    std::string ascii (text);
    std::ranges::replace_if (
        ascii, [] (char c) { return c < ' ' || c > '~'; }, '?');
    return ascii;
}
} // namespace tableread::engine
