// SPDX-License-Identifier: Apache-2.0
#include "Measure/BenchSweep.h"

#include <algorithm>
#include <chrono>

#include "Core/ContentHash.h"
#include "Core/Error.h"
#include "Render/Measuring.h"
#include "Render/RenderAll.h"

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;

double millisecondsBetween (Clock::time_point begin, Clock::time_point end)
{
    return std::chrono::duration<double, std::milli> (end - begin).count();
}

/** The change of the counters since `before`. */
DeviceReport since (const DeviceReport& before, DeviceReport now)
{
    now.transfers -= before.transfers;
    now.transferredBytes -= before.transferredBytes;
    now.trims -= before.trims;
    now.trimsSkipped -= before.trimsSkipped;
    now.trimBytes -= before.trimBytes;
    now.trimsBeforeForward -= before.trimsBeforeForward;
    now.trimMs -= before.trimMs;
    now.trimWaitMs -= before.trimWaitMs;
    now.hostWaitMs -= before.hostWaitMs;
    now.copyMs -= before.copyMs;
    now.stallMs -= before.stallMs;
    return now;
}

void measureFirstAudio (Renderer& renderer, const MeasuredSpeech& speech, SweepPoint& point)
{
    for (int run = 0; run < 3; ++run) // only the last one counts
    {
        const auto begin = Clock::now();
        const auto voice = encodeVoice (renderer, speech.voice);
        point.voiceMs = millisecondsBetween (begin, Clock::now());
        PassageJob job { .passage = { { { 0, speech.text } }, { voice } },
                         .settings = speech.settings,
                         .exactFrames = 2 };
        point.firstAudioMs = render (renderer, std::move (job)).firstFrameMs;
    }
}

void measureFrames (Renderer& renderer, const MeasuredSpeech& speech, const MeasureHooks& hooks,
                    SweepPoint& point)
{
    const auto voice = encodeVoice (renderer, speech.voice);
    std::vector<PassageJob> jobs;
    std::vector<Clock::time_point> heard; // frames of the first passage
    DeviceReport atFirst;
    std::vector<std::vector<float>> samples ((std::size_t) point.batch);
    for (std::int64_t i = 0; i < point.batch; ++i)
    {
        auto settings = speech.settings;
        settings.seed += (std::uint64_t) i;
        jobs.push_back ({ .passage = { { { 0, speech.text } }, { voice } },
                          .settings = settings,
                          .exactFrames = speech.exactFrames });
        auto& spoken = samples[(std::size_t) i];
        spoken.reserve ((std::size_t) (speech.exactFrames * renderer.info().frameSamples));
        jobs.back().events.onFrame = [&spoken] (std::span<const float> frame) {
            spoken.insert (spoken.end(), frame.begin(), frame.end());
        };
    }
    jobs.front().events.onFrame = [&, keep = jobs.front().events.onFrame] (std::span<const float> frame) {
        if (heard.empty())
            atFirst = renderer.deviceReport();
        heard.push_back (Clock::now());
        keep (frame);
    };
    const auto reports =
        renderAll (renderer, std::move (jobs), { .isCancelled = hooks.isStopped, .preparesFirst = true });
    if (hooks.isStopped())
        fail (ErrorCode::Cancelled, "the measurement was stopped before it was complete.");
    point.frames = reports.front().frames;
    std::vector<float> all;
    for (const auto& spoken : samples)
        all.insert (all.end(), spoken.begin(), spoken.end());
    point.samplesHash = contentHash (all);
    point.device = since (atFirst, renderer.deviceReport());
    point.bytesAFrame = point.device.transferredBytes / std::max<std::int64_t> (1, point.frames);
    std::vector<double> gaps;
    const auto from = (std::size_t) std::min<std::int64_t> (settlingFrames, (std::int64_t) heard.size() / 2);
    for (auto i = from + 1; i < heard.size(); ++i)
        gaps.push_back (millisecondsBetween (heard[i - 1], heard[i]));
    point.frameMs = spreadOf (gaps);
    const auto& info = renderer.info();
    const auto frameSeconds = (double) info.frameSamples / (double) info.sampleRateHz;
    if (heard.size() > from + 1)
        point.audioSecondsASecond = (double) point.batch * (double) (heard.size() - 1 - from) * frameSeconds *
                                    1000.0 / millisecondsBetween (heard[from], heard.back());
}

SweepPoint measurePoint (const LoadOptions& load, const MeasuredSpeech& speech, const MeasureHooks& hooks)
{
    SweepPoint point;
    point.batch = load.offload.settings.passages;
    const auto begin = Clock::now();
    const auto renderer = hooks.load (load);
    point.loadMs = millisecondsBetween (begin, Clock::now());
    const auto& info = renderer->info();
    point.config =
        info.offload.value_or (OffloadConfig { info.layers, info.layers, load.offload.settings, "" });
    point.plannedPeakBytes = info.plannedPeakBytes;
    measureFirstAudio (*renderer, speech, point);
    measureFrames (*renderer, speech, hooks, point);
    point.linkBytesPerSecond = renderer->measuring().measureLink();
    return point;
}

std::vector<std::int64_t> orOnly (const std::vector<std::int64_t>& axis, std::int64_t value)
{
    return axis.empty() ? std::vector { value } : axis;
}
} // namespace

std::vector<SweepPoint> measureSweep (const SweepRequest& request, const MeasureHooks& hooks,
                                      const std::function<void (const SweepPoint&)>& onPoint)
{
    constexpr std::int64_t asAsked = -1;
    const auto& axes = request.axes;
    std::vector<SweepPoint> points;
    for (const auto layers : orOnly (axes.gpuLayers, asAsked))
        for (const auto interval : orOnly (axes.intervals, request.load.offload.settings.cacheTrimInterval))
            for (const auto batch : orOnly (axes.batches, 1))
            {
                auto each = request.load;
                if (layers != asAsked)
                {
                    each.offload.mode = OffloadRequest::Mode::Layers;
                    each.offload.gpuLayers = layers;
                }
                each.offload.settings.cacheTrimInterval = interval;
                each.offload.settings.passages = (int) batch;
                points.push_back (measurePoint (each, request.speech, hooks));
                onPoint (points.back());
            }
    return points;
}
} // namespace tableread::engine
