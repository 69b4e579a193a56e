// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "Core/Error.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
enum class ModelState
{
    Loading,   // or it will be, as soon as its passages have ended
    Loaded,    // the only state in which it takes jobs
    Unloading, // as soon as its passages have ended
    Unloaded,
    Failed // to load
};

/** What a GPU had for a model when it was last loaded. */
struct DeviceRoom
{
    std::string device;            // its name
    std::int64_t freeBytes = 0;    // without the driver's context
    std::int64_t contextBytes = 0; // of the driver, for this process
};

/** What a loading would keep where. */
struct ModelPlan
{
    OffloadConfig offload;
    MemoryTable memory;
    std::int64_t hostBytes = 0; // of the layers that are not kept on the GPU
    DeviceRoom room {};         // that it was made for
};

/** What is known of a model of a RenderWorker. */
struct ModelStatus
{
    ModelState state = ModelState::Loading;
    std::optional<ModelInfo> info {};       // while it is in memory
    std::optional<LoadOptions> settings {}; // of its last loading; empty: as at the start
    std::optional<Error> failure {};        // why it is Failed
    int seats = 0;                          // that it would have alone
    std::int64_t hostBytes = 0;             // by which its loading made the process larger
    std::optional<DeviceRoom> room {};      // stays when it is unloaded; empty on a CPU
};

/** How a model is loaded on request. */
struct ModelLoad
{
    std::function<std::unique_ptr<Renderer>()> load;
    std::function<int (Renderer&)> seats;
    std::optional<LoadOptions> settings {}; // that `load` uses; empty: as at the start
};

/** What a change has done. */
struct ModelOutcome
{
    ModelStatus status;
    bool changed = false;                        // false: it was so already
    double seconds = 0;                          // of the change itself, without the wait for passages
    std::int64_t hostBytes = 0, deviceBytes = 0; // that unloading has freed
};

/** Something that a model is asked for. */
struct ModelChange
{
    std::size_t model = 0;
    std::optional<ModelLoad> load {}; // empty: it is unloaded

    /** Called once: on the render thread, where it must not throw, or at once on the thread that asked. It must not wait
        there. */
    std::function<void (const Result<ModelOutcome>&)> done {};

    void tell (const Result<ModelOutcome>& outcome) const
    {
        if (done)
            done (outcome);
    }
};
} // namespace tableread::engine
