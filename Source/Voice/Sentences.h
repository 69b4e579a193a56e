// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>

namespace tableread
{
/** A printf pattern of one number, as text. */
inline std::string formatted (const char* pattern, double value)
{
    char text[200];
    std::snprintf (text, sizeof text, pattern, value);
    return text;
}
} // namespace tableread
