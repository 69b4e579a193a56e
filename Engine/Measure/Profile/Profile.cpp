// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/Profile.h"

#include <algorithm>

#include "Core/Error.h"
#include "Measure/Machine.h"

namespace tableread::engine
{
namespace
{
std::vector<ProfileSpan> spansOf (Renderer& renderer, const ProfileRequest& request,
                                  const MeasureHooks& hooks)
{
    const auto encoded = renderer.encodeVoice (request.speech.voice);
    std::vector<Renderer::Job> jobs;
    for (int i = 0; i < request.batch; ++i)
    {
        auto settings = request.speech.settings;
        settings.seed += static_cast<std::uint64_t> (i);
        settings.exactFrames = request.frames + settlingFrames;
        jobs.push_back ({ { { { 0, request.speech.text } }, { encoded } }, settings, {} });
        jobs.back().events.isCancelled = hooks.isStopped;
    }
    renderer.takeProfile();
    renderer.renderBatch (jobs);
    if (hooks.isStopped())
        fail (ErrorCode::Cancelled, "the profile was stopped; half of one says nothing.");
    return renderer.takeProfile();
}
} // namespace

MeasuredProfile measureProfile (const ProfileRequest& request, const MeasureHooks& hooks)
{
    auto load = request.load;
    load.profiling = Profiling::On;
    auto& room = load.offload.settings.passages;
    room = std::max (room, request.batch);
    const auto renderer = hooks.load (load);
    ProfileReport report { .machine = nameOf (renderer->deviceReport()),
                           .commit = commit(),
                           .dtype = load.compute == ComputeType::BFloat16 ? "bf16" : "fp32",
                           .model = renderer->info(),
                           .passages = request.batch,
                           .settlingFrames = settlingFrames,
                           .sums = {} };
    hooks.onLoaded (report.model);
    if (load.offload.settings.weights != WeightsFormat::AsComputed)
        report.dtype += " with layers in " + std::string (nameOf (load.offload.settings.weights));

    auto spans = spansOf (*renderer, request, hooks);
    report.sums = sumsOf (spans, settlingFrames);
    if (report.sums.frames == 0)
        fail (ErrorCode::Internal, "the render noted no frame. Report this.");
    return { std::move (report), std::move (spans) };
}
} // namespace tableread::engine
