// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <string>

namespace tableread
{
/** Set for an engine whose standard error is a file that it alone has, and may begin anew when it is large. */
inline constexpr const char* ownLogVariable = "TABLEREAD_OWN_LOG";

/** A variable of this process's environment; empty if it is not set. */
inline std::string environmentVariable (const char* name)
{
    const char* value = std::getenv (name);
    return value == nullptr ? std::string() : std::string (value);
}
} // namespace tableread
