// SPDX-License-Identifier: Apache-2.0
#include "Command/Serve/Rendering.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "Render/Seats.h"

namespace tableread::engine
{
namespace
{
/** How many seats a model is given, if so many passages were asked for; 0: auto. */
std::function<int (Renderer&)> seatsFor (int asked)
{
    return [asked] (Renderer& renderer) {
        const int seats =
            asked > 0 ? std::min (asked, renderer.info().mostPassages) : measureSeats (renderer);
        warmUp (renderer, seats);
        return seats;
    };
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
        all.push_back ({ model.name, nullptr, own.size() - 1, &shelves.back() });
    }
    for (const auto& [device, own] : devices)
    {
        std::vector<RenderWorker::Loader> loaders;
        for (const auto index : own)
            loaders.emplace_back ([&hooks, &model = models[index]] { return hooks.load (model.load); });
        RenderWorker::Limits limits;
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
