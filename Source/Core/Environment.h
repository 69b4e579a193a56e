// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <string>

namespace tableread
{
/** A variable of this process's environment; empty if it is not set. */
inline std::string environmentVariable (const char* name)
{
    const char* value = std::getenv (name);
    return value == nullptr ? std::string() : std::string (value);
}
} // namespace tableread
