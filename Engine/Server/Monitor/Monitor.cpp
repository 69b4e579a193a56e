// SPDX-License-Identifier: Apache-2.0
#include "Server/Monitor/Monitor.h"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "EngineLink/Protocol.h"
#include "Server/ErrorAnswers.h"
#include "Server/Monitor/Moment.h"
#include "TableReadCommit.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

/** A name that is unknown is null. */
Json orNull (const std::string& text)
{
    return text.empty() ? Json (nullptr) : Json (text);
}

HttpAnswer answerWith (const Json& json, HttpAnswer answer = {})
{
    answer.body = json.dump (-1, ' ', false, Json::error_handler_t::replace);
    return answer;
}

Moment momentOf (const ServedModels& models)
{
    Moment now { .models = {}, .workers = {}, .process = ownProcess() };
    const auto workers = models.workers();
    std::vector<std::vector<DeviceReport>> devices;
    devices.reserve (workers.size());
    now.workers.reserve (workers.size());
    now.models.reserve (models.list().size());
    for (const auto* worker : workers)
    {
        const auto load = worker->load();
        devices.push_back (worker->deviceReports());
        now.workers.push_back (
            { .seats = load.seats,
              .seatsTaken = load.speaking,
              .device = devices.back().empty() ? DeviceReport {} : devices.back().front() });
    }
    for (const auto& model : models.list())
    {
        const auto at = static_cast<std::size_t> (
            std::distance (workers.begin(), std::ranges::find (workers, model.worker)));
        now.models.push_back (
            { .name = model.name,
              .worker = at,
              .info = model.worker->info (model.index),
              .compute = model.options.compute,
              .device = model.index < devices[at].size() ? devices[at][model.index] : DeviceReport {},
              .cachedPositions = model.worker->cachedPositions (model.index) });
    }
    return now;
}
} // namespace

std::vector<HttpRoute> Monitor::routes() const
{
    return { { .path = "/livez",
               .handle =
                   [] (const auto& exchange) {
                       exchange->send (answerWith ({ { "status", "ok" } }));
                   } },
             { .path = "/readyz", .handle = [this] (const auto& exchange) { exchange->send (readiness()); } },
             { .path = "/version", .handle = [this] (const auto& exchange) { exchange->send (version()); } },
             { .path = "/metrics", .handle = [this] (const auto& exchange) { exchange->send (scrape()); } } };
}

/** 200 if a speech request would get a place in a queue, else 503 that says why. */
HttpAnswer Monitor::readiness() const
{
    const auto workers = models.workers();
    std::size_t loaded = 0;
    for (const auto* worker : workers)
        loaded += worker->loadedModels();
    Json state = { { "models", { { "loaded", loaded }, { "total", models.names().size() } } } };
    const auto notReady = [&state] (const char* why, HttpAnswer answer) {
        state["status"] = why;
        state.update (Json::parse (answer.body)); // the error object
        return answerWith (state, std::move (answer));
    };
    if (std::ranges::any_of (workers, [] (const auto* worker) { return worker->isStopping(); }))
        return notReady ("stopping", answerOf (stoppingError()));
    const auto loading =
        std::ranges::find_if (workers, [] (const auto* worker) { return worker->isLoading(); });
    if (loading != workers.end())
        return notReady ("loading", answerOf ((*loading)->loadingError()));
    if (loaded == 0)
        return notReady ("unloaded", answerOf (workers.front()->whyNot (0)));
    if (std::ranges::all_of (workers, [] (const auto* worker) { return worker->wouldRefuse(); }))
        return notReady ("full", busyAnswer (*workers.front(), workers.front()->busyError()));
    state["status"] = "ready";
    return answerWith (state);
}

HttpAnswer Monitor::version() const
{
    DeviceReport gpu;
    for (const auto* worker : models.workers())
        for (const auto& device : worker->deviceReports())
            if (gpu.name.empty())
                gpu = device;
    return answerWith ({ { "version", TABLEREAD_VERSION },
                         { "protocol", protocol::version },
                         { "commit", TABLEREAD_COMMIT },
                         { "libtorch", orNull (TABLEREAD_TORCH) },
                         { "gpu", orNull (gpu.name) },
                         { "cuda", orNull (gpu.runtime) },
                         { "driver", orNull (gpu.driver) } });
}

HttpAnswer Monitor::scrape() const
{
    return { .type = Metrics::contentType, .body = metrics.text (momentOf (models)) };
}
} // namespace tableread::engine
