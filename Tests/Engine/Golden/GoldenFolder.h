// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "Checkpoint/Safetensors/File.h"

namespace tableread::test
{
inline const std::filesystem::path goldenRoot = TABLEREAD_GOLDENS;

// golden.py's "Comparing": the largest relative error that a class's worst tensor may have, in the L2 norm.
inline constexpr double forcedTolerance = 1e-4, freeTolerance = 1e-3, bf16Factor = 2.0;

/** Names of all committed goldens, sorted. */
inline std::vector<std::string> goldenNames()
{
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator (goldenRoot))
        names.push_back (entry.path().filename().string());
    std::ranges::sort (names);
    return names;
}

inline nlohmann::json goldenJson (const std::filesystem::path& folder)
{
    std::ifstream file (folder / "golden.json");
    return nlohmann::json::parse (file);
}

/** The classes that a replay must have compared: the names of all float tensors but inputs, without digits.
    Without guidance an engine may leave out the negative branch, and ours does. */
inline std::set<std::string> comparedClasses (const std::filesystem::path& folder)
{
    const bool guided = goldenJson (folder).at ("cfg_scale").get<double>() != 1.0;
    const engine::SafetensorsFile file (folder / "golden.safetensors");
    std::set<std::string> classes;
    for (const auto& entry : file.entries())
    {
        auto name = entry.name;
        if (entry.dtype != engine::DType::Float32 || name.starts_with ("wav") ||
            name.starts_with ("noise.") || name.starts_with ("sched."))
            continue;
        if (! guided && (name.starts_with ("lm.n") || name.ends_with (".neg_condition")))
            continue;
        std::erase_if (name, [] (unsigned char c) { return std::isdigit (c) != 0; });
        classes.insert (name);
    }
    return classes;
}
} // namespace tableread::test
