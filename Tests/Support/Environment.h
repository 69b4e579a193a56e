// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tableread::test
{
/** Unsets environment variables, and restores them at the end of its scope. */
class Environment
{
public:
    explicit Environment (const std::vector<std::string>& names)
    {
        for (const auto& name : names)
        {
            const char* const value = std::getenv (name.c_str());
            before[name] = value == nullptr ? std::nullopt : std::optional<std::string> (value);
            ::unsetenv (name.c_str());
        }
    }

    ~Environment()
    {
        for (const auto& [name, value] : before)
            value ? ::setenv (name.c_str(), value->c_str(), 1) : ::unsetenv (name.c_str());
    }

    Environment (const Environment&) = delete;
    Environment& operator= (const Environment&) = delete;

private:
    std::map<std::string, std::optional<std::string>> before;
};
} // namespace tableread::test
