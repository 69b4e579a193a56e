// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/DeviceFigures.h"

#include <exception>
#include <utility>

namespace tableread::engine
{
DeviceFigures::DeviceFigures (std::size_t models, std::chrono::milliseconds betweenReports)
    : between (betweenReports)
    , cached (models)
{}

void DeviceFigures::update (const std::vector<RenderModels::Model>& models)
{
    for (std::size_t i = 0; i < models.size(); ++i)
        cached[i] = models[i].renderer == nullptr ? 0 : models[i].renderer->cachedPositions();
    const auto now = std::chrono::steady_clock::now();
    if (now < nextReports)
        return;
    nextReports = now + between;
    std::shared_ptr<const Reports> made;
    try
    {
        Reports found;
        found.reserve (models.size());
        for (const auto& model : models)
            found.push_back (model.renderer == nullptr ? DeviceReport {} : model.renderer->deviceReport());
        made = std::make_shared<const Reports> (std::move (found));
    }
    catch (const std::exception&) // the passages will learn of it in the next step
    {
        return;
    }
    const std::lock_guard lock (mutex);
    latest.swap (made);
}

std::vector<DeviceReport> DeviceFigures::reports() const
{
    std::shared_ptr<const Reports> read;
    {
        const std::lock_guard lock (mutex);
        read = latest;
    }
    return *read;
}
} // namespace tableread::engine
