// SPDX-License-Identifier: Apache-2.0
#include "Command/Serve/Rendering.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "Command/Serve/Planning.h"
#include "Render/Seats.h"

namespace tableread::engine
{
namespace
{
/** When a model was made, as far as its files tell: seconds since 1970. */
std::int64_t createdAt (const std::filesystem::path& model)
{
    std::error_code unknown;
    const auto time = std::filesystem::last_write_time (model / "config.json", unknown);
    return unknown ? 0
                   : std::chrono::duration_cast<std::chrono::seconds> (
                         std::chrono::file_clock::to_sys (time).time_since_epoch())
                         .count();
}
} // namespace

Rendering::Rendering (const std::vector<ModelToServe>& models, const Hooks& hooks)
{
    std::map<std::string, std::vector<std::size_t>> devices; // which models they have
    for (const auto& model : models)
    {
        shelves.push_back (hooks.voices (model.load.model));
        auto& own = devices[model.device];
        own.push_back (all.size());
        all.push_back ({ model.name, nullptr, own.size() - 1, &shelves.back(), createdAt (model.load.model),
                         model.load, hooks.load, planLoading });
    }
    for (const auto& [device, own] : devices)
    {
        std::vector<RenderWorker::Loader> loaders;
        for (const auto index : own)
            loaders.emplace_back ([&hooks, &model = models[index]] { return hooks.load (model.load); });
        RenderWorker::Limits limits;
        limits.cachedVoices = hooks.cachedVoices;
        limits.seats = seatsFor (models[own.front()].load.offload.settings.passages);
        auto& worker = workers.emplace_back();
        worker = std::make_unique<RenderWorker> (std::move (loaders), std::move (limits),
                                                 [this, &hooks, &worker, count = own.size()] {
                                                     isMade.wait();
                                                     hooks.whenLoaded (*worker, count);
                                                 });
        for (const auto index : own)
            all[index].worker = worker.get();
    }
}

void Rendering::begin()
{
    if (! isMade.try_wait())
        isMade.count_down();
}

bool Rendering::isLoaded() const
{
    for (const auto& worker : workers)
        worker->rethrowLoadFailure();
    return models().areLoaded();
}
} // namespace tableread::engine
