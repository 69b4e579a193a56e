// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "Render/Renderer.h"
#include "Server/Monitor/Counts.h"
#include "Server/Monitor/OwnProcess.h"

namespace prometheus
{
struct MetricFamily;
}

namespace tableread::engine
{
/** What is so when somebody asks, and is not counted. */
struct Moment
{
    struct Model
    {
        std::string name; // that requests give
        std::size_t worker = 0;
        std::optional<ModelInfo> info; // once it is loaded
        ComputeType compute = ComputeType::Float32;
        DeviceReport device;              // of this model
        std::int64_t cachedPositions = 0; // Renderer.h
    };
    struct Worker // a render thread and its device
    {
        int seats = 0;
        std::size_t seatsTaken = 0;
        DeviceReport device; // of its first model
    };

    std::vector<Model> models;
    std::vector<Worker> workers;
    OwnProcess process;
};

/** The metrics of a moment. */
std::vector<prometheus::MetricFamily> familiesOf (const Moment& moment, const WaitingClients& waiting);
} // namespace tableread::engine
