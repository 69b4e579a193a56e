// SPDX-License-Identifier: Apache-2.0
#include "Measure/Bench.h"

#include <chrono>
#include <utility>
#include <vector>

#include "Checkpoint/Checkpoint.h"
#include "Core/ContentHash.h"
#include "Core/Error.h"
#include "Measure/Machine.h"
#include "Passage/Passage.h"
#include "Render/Measuring.h"
#include "Render/RenderAll.h"

namespace tableread::engine
{
namespace
{
/** A second load is measured too, unless a big model would take minutes. */
constexpr double longestLoadToRepeatMs = 5000.0;
constexpr std::size_t loads = 3;

double millisecondsSince (std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begin).count();
}

MachineLimits limitsOf (const BenchReport& report, const BenchRequest& request)
{
    if (report.device.name.empty())
        return measureLimits (report.threads, static_cast<std::size_t> (report.work.diffusionHead.bytes));
    const auto gpu = request.measureGpu ? request.measureGpu() : std::nullopt;
    const double speed = gpu ? gpu->memoryBytesPerSecond : 0;
    return { .readBytesPerSecond = speed, .rereadBytesPerSecond = speed, .operationsPerSecond = 0 };
}

/** The renders to measure. */
struct Runs
{
    PassageJob job;
    int count = 1;
    std::function<bool()> isStopped;
};

/** Renders the job as often as the request says, and stores the results. */
void renderRuns (Renderer& renderer, Runs runs, BenchReport& report)
{
    std::vector<float> samples, first;
    runs.job.events.onFrame = [&samples] (std::span<const float> frame) {
        samples.insert (samples.end(), frame.begin(), frame.end());
    };
    for (int run = 0; run < runs.count; ++run)
    {
        samples.clear();
        renderer.measuring().forgetPrompts();
        report.runs.push_back (render (renderer, runs.job, runs.isStopped));
        if (runs.isStopped())
            fail (ErrorCode::Cancelled, "the measurement was stopped before it was complete.");
        if (run == 0)
            first = samples;
        report.identical = report.identical && samples == first;
    }
    report.samplesHash = contentHash (first);
}

ModelWork workOf (const BenchRequest& request)
{
    const auto& load = request.load;
    const auto& settings = request.speech.settings;
    const auto checkpoint =
        load.randomWeights ? Checkpoint::shapesOf (load.model) : Checkpoint::open (load.model);
    const auto guidance = settings.guidanceScale.value_or (checkpoint->config().defaultGuidance());
    return workOfOneFrame (*checkpoint, { .steps = settings.steps,
                                          .guided = guidance != 1.0f,
                                          .bytesPerWeight = load.compute == ComputeType::BFloat16 ? 2.0 : 4.0,
                                          .layers = load.offload.settings.weights });
}

/** Loads the model, and notes how long that took. */
std::unique_ptr<Renderer> timedLoad (const LoadOptions& load, const MeasureHooks& hooks, BenchReport& report)
{
    const auto begin = std::chrono::steady_clock::now();
    auto renderer = hooks.load (load);
    report.loadsMs.push_back (millisecondsSince (begin));
    return renderer;
}

/** How long the measured speech was, times its estimate; 1 if the model did not choose that. */
double lengthFactorOf (const BenchReport& report, const MeasuredSpeech& speech)
{
    const auto& run = report.runs.front();
    if (speech.exactFrames > 0 || run.finish != FinishReason::Stop || run.frames == 0)
        return 1.0;
    return static_cast<double> (run.frames * report.model.frameSamples) /
           static_cast<double> (estimatedLength (lettersIn (speech.text)).value);
}

/** With as many passages as were asked for, else as `batch` chooses: on a GPU memory has to be planned for them first. */
void measureSeveral (std::unique_ptr<Renderer>& renderer, const BenchRequest& request,
                     const MeasureHooks& hooks, BenchReport& report)
{
    const int asked = request.load.offload.settings.passages;
    const bool isOpen = asked <= 1;
    if (isOpen && renderer->info().offload)
    {
        renderer.reset();
        auto load = request.load;
        load.offload.settings.passages = 0;
        renderer = timedLoad (load, hooks, report);
    }
    report.worker = measureWorker (*renderer, request.speech, isOpen ? 0 : asked, hooks);
    report.worker.lengthFactor = lengthFactorOf (report, request.speech);
}
} // namespace

BenchReport measureBench (const BenchRequest& request, const MeasureHooks& hooks)
{
    const auto& load = request.load;
    BenchReport report;
    report.startMs = processAgeMs();
    report.processor = processorName();
    report.processors = usableProcessors();
    report.threads = load.threads > 0 ? load.threads : report.processors;
    report.commit = commit();
    report.dtype = load.compute == ComputeType::BFloat16 ? "bf16" : "fp32";
    report.text = request.speech.text;

    auto renderer = timedLoad (load, hooks, report);
    report.model = renderer->info();
    hooks.onLoaded (report.model);
    const auto begin = std::chrono::steady_clock::now();
    PassageJob job { .passage = { { { 0, request.speech.text } },
                                  { encodeVoice (*renderer, request.speech.voice) } },
                     .settings = request.speech.settings,
                     .exactFrames = request.speech.exactFrames };
    report.voiceMs = millisecondsSince (begin);
    renderRuns (*renderer, { std::move (job), request.runs, hooks.isStopped }, report);
    report.peakBytes = peakResidentBytes();
    report.device = renderer->deviceReport();
    measureSeveral (renderer, request, hooks, report);

    renderer.reset();
    while (report.loadsMs.size() < loads && report.loadsMs.front() < longestLoadToRepeatMs)
        (void) timedLoad (load, hooks, report);
    report.work = workOf (request);
    report.limits = limitsOf (report, request);
    return report;
}
} // namespace tableread::engine
