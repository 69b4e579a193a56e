// SPDX-License-Identifier: Apache-2.0
#include "Server/ServedModels.h"

#include <algorithm>
#include <array>

#include <spdlog/fmt/ranges.h>

namespace tableread::engine
{
Result<const ServedModel*> ServedModels::find (std::string_view name) const
{
    constexpr std::array<std::string_view, 5> defaults { "", "tableread", "tts-1", "tts-1-hd",
                                                         "gpt-4o-mini-tts" };
    const auto found = std::ranges::find (all, name, &ServedModel::name);
    if (found != all.end())
        return &*found;
    if (std::ranges::find (defaults, name) != defaults.end())
        return &first();
    return tl::make_unexpected (Error {
        ErrorCode::NotFound,
        fmt::format ("there is no model \"{}\". The engine serves {}.", name, fmt::join (names(), ", ")),
        "model" });
}

std::vector<std::string> ServedModels::names() const
{
    std::vector<std::string> found;
    found.reserve (all.size());
    for (const auto& model : all)
        found.push_back (model.name);
    return found;
}

bool ServedModels::areLoaded() const
{
    return std::ranges::all_of (all, [] (const auto& model) { return model.worker->info().has_value(); });
}

std::vector<RenderWorker*> ServedModels::workers() const
{
    std::vector<RenderWorker*> found;
    for (const auto& model : all)
        if (std::ranges::find (found, model.worker) == found.end())
            found.push_back (model.worker);
    return found;
}
} // namespace tableread::engine
