// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "Core/Error.h"

namespace tableread::engine
{
/** One object of a config file. Every number is checked as it is read, and each error names the full key.
    An absent key is the same as a null one. Refers to the JSON, which must outlive it. */
class ConfigSection
{
public:
    ConfigSection (const nlohmann::json& object, std::string sectionName, std::string fileName);

    bool has (const std::string& key) const { return find (key) != nullptr; }

    /** The object under `key`. @throws Exception InvalidInput if there is none. */
    ConfigSection section (const std::string& key) const;

    /** A whole number from 1 (or `least`) to `most`; the first form requires it. */
    std::int64_t whole (const std::string& key, std::int64_t most, std::int64_t least = 1) const;
    std::optional<std::int64_t> findWhole (const std::string& key, std::int64_t most,
                                           std::int64_t least = 1) const;

    /** A number from `least` to `most`. */
    double real (const std::string& key, double least, double most) const;
    std::optional<double> findReal (const std::string& key, double least, double most) const;

    /** Whole numbers from 1 to `most`, 1 to `maxCount` of them: an array, or text such as "3-3-8". */
    std::vector<std::int64_t> list (const std::string& key, std::int64_t most, std::size_t maxCount) const;

    std::optional<bool> findFlag (const std::string& key) const;
    std::optional<std::string> findText (const std::string& key) const;

    /** If `key` is present it must be `only`: any other value means a model that computes something different.
        @throws Exception Unsupported. */
    void expect (const std::string& key, const nlohmann::json& only) const;

    /** "section.key". */
    std::string nameOf (const std::string& key) const;

    /** Throws Exception for this file. */
    [[noreturn]] void refuse (const std::string& message, ErrorCode code = ErrorCode::InvalidInput) const;

private:
    const nlohmann::json* find (const std::string& key) const;
    [[noreturn]] void refuseValue (const std::string& key, const std::string& wanted) const;

    const nlohmann::json& json;
    std::string name;
    std::string file;
};
} // namespace tableread::engine
