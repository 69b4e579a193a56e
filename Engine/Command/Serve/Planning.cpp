// SPDX-License-Identifier: Apache-2.0
#include "Command/Serve/Planning.h"

#include <algorithm>

#include "Offload/Plan/ModelMemory.h"

namespace tableread::engine
{
ModelPlan planLoading (const LoadOptions& options, const DeviceRoom& room)
{
    const auto limit = options.offload.settings.deviceMemoryLimit; // with the driver's context
    const auto free =
        limit > 0 ? std::clamp<std::int64_t> (limit - room.contextBytes, 0, room.freeBytes) : room.freeBytes;
    const auto checkpoint =
        options.randomWeights ? Checkpoint::shapesOf (options.model) : Checkpoint::open (options.model);
    const auto plan = planLoad (*checkpoint, options.offload, options.compute == ComputeType::BFloat16,
                                { free, room.device });
    return { .offload = plan.config,
             .memory = memoryTable (plan.needs, plan.config, free),
             .hostBytes = (plan.config.layers - plan.config.gpuLayers) * plan.needs.layerBytes,
             .room = room };
}
} // namespace tableread::engine
