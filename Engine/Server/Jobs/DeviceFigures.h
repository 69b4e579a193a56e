// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "Server/Models/RenderModels.h"

namespace tableread::engine
{
/** What only the render thread may ask its Renderers, for everybody to read.

    Threads   update() and expire(): the render thread. It is never held up by a reader: numbers that change in each step are
              atomic, and a report is shared, with a lock for its pointer alone.
*/
class DeviceFigures
{
public:
    DeviceFigures (std::size_t models, std::chrono::milliseconds betweenReports);

    /** After each step; makes new reports if the last ones are old. */
    void update (const std::vector<RenderModels::Model>& models);

    /** The next update makes new reports. */
    void expire() { nextReports = {}; }

    /** What the models' devices did. None before the first update. */
    std::vector<DeviceReport> reports() const;

    /** Renderer::cachedPositions() of a model, after the last step; 0 if it is not loaded. */
    std::int64_t cachedPositions (std::size_t model) const { return cached.at (model); }

private:
    using Reports = std::vector<DeviceReport>;

    const std::chrono::milliseconds between;
    std::chrono::steady_clock::time_point nextReports {}; // render thread
    std::vector<std::atomic<std::int64_t>> cached;
    mutable std::mutex mutex;
    std::shared_ptr<const Reports> latest = std::make_shared<const Reports>();
};
} // namespace tableread::engine
