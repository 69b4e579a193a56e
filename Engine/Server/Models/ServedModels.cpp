// SPDX-License-Identifier: Apache-2.0
#include "Server/Models/ServedModels.h"

#include <algorithm>
#include <array>

#include <spdlog/fmt/ranges.h>

namespace tableread::engine
{
double ServedModel::secondsOfVoices() const
{
    const auto info = worker->info (index).value_or (ModelInfo {});
    if (info.maxPositions == 0) // unknown
        return VoiceShelf::Limits {}.mostSeconds;
    return static_cast<double> (info.maxPositions * info.frameSamples) /
           static_cast<double> (info.sampleRateHz);
}

std::span<const std::string_view> ServedModels::aliases()
{
    static constexpr std::array<std::string_view, 4> names { "tableread", "tts-1", "tts-1-hd",
                                                             "gpt-4o-mini-tts" };
    return names;
}

Result<const ServedModel*> ServedModels::find (std::string_view name) const
{
    const auto found = std::ranges::find (all, name, &ServedModel::name);
    if (found != all.end())
        return &*found;
    if (name.empty() || std::ranges::find (aliases(), name) != aliases().end())
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
    return std::ranges::none_of (all, [] (const auto& model) { return model.worker->isLoading(); });
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
