// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace tableread::project
{
/** Fields of an object that this version does not know: a later one, or another program, wrote them. They are written again
    with the object that they belong to. */
struct Unknown
{
    nlohmann::json fields = nlohmann::json::object(); // by name
    std::map<std::string, Unknown> inner = {}; // of objects in it: "settings", and "lines/17" in a list

    bool isEmpty() const { return fields.empty() && inner.empty(); }

    /** Of an object in it; null: none. */
    const Unknown* in (const std::string& name) const
    {
        const auto found = inner.find (name);
        return found != inner.end() ? &found->second : nullptr;
    }
};
} // namespace tableread::project
