// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "Server/Http/Route.h"
#include "Server/Models/ServedModels.h"
#include "Server/Monitor/Metrics.h"

namespace tableread::engine
{
/** What the engine tells to whoever watches it: GET /livez, /readyz, /version and /metrics.
    Threads: the I/O thread. Nothing here waits for a device or a disk. */
class Monitor
{
public:
    /** Both must outlive this object. */
    Monitor (const ServedModels& served, const Metrics& counted) : models (served), metrics (counted) {}

    std::vector<HttpRoute> routes() const;

private:
    HttpAnswer readiness() const;
    HttpAnswer version() const;
    HttpAnswer scrape() const;

    const ServedModels& models;
    const Metrics& metrics;
};
} // namespace tableread::engine
