// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/Profile.h"

#include <algorithm>

#include "Core/Error.h"
#include "Measure/Machine.h"
#include "Render/Measuring.h"
#include "Render/RenderAll.h"

namespace tableread::engine
{
namespace
{
std::vector<ProfileSpan> spansOf (Renderer& renderer, const ProfileRequest& request,
                                  const MeasureHooks& hooks)
{
    const auto encoded = encodeVoice (renderer, request.speech.voice);
    std::vector<PassageJob> jobs;
    for (int i = 0; i < request.batch; ++i)
    {
        auto settings = request.speech.settings;
        settings.seed += static_cast<std::uint64_t> (i);
        jobs.push_back ({ .passage = { { { 0, request.speech.text } }, { encoded } },
                          .settings = settings,
                          .exactFrames = request.frames + settlingFrames });
    }
    auto& measuring = renderer.measuring();
    measuring.takeProfile();
    renderAll (renderer, std::move (jobs), { .isCancelled = hooks.isStopped, .preparesFirst = true });
    if (hooks.isStopped())
        fail (ErrorCode::Cancelled, "the profile was stopped before it was complete.");
    return measuring.takeProfile();
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
    report.prompt = promptSumsOf (spans);
    if (report.sums.frames == 0)
        fail (ErrorCode::Internal, "the render noted no frame. Report this.");
    return { std::move (report), std::move (spans) };
}
} // namespace tableread::engine
