// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/BenchReport.h"
#include "Command/BenchSweep.h"
#include "Command/Commands.h"
#include "Command/Interrupt.h"
#include "Command/Machine.h"
#include "Command/MeasureOptions.h"
#include "Core/ContentHash.h"

namespace tableread::engine
{
namespace
{
struct BenchOptions
{
    MeasureOptions measure;
    int runs = 5;
    bool json = false;
    std::vector<std::string> sweep;
    std::filesystem::path csv, plot;
};

/** Loading again is measured too, unless a big model would take minutes. */
constexpr double longestLoadToRepeatMs = 5000.0;
constexpr std::size_t loads = 3;

double millisecondsSince (std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begin).count();
}

int sweep (const BenchOptions& options, Session& session)
{
    SweepAxes axes;
    for (const auto& axis : options.sweep)
        axes.add (axis);
    auto [load, voice] = options.measure.prepare (session);
    SweepWork work { std::move (voice), options.measure.text, options.measure.settings };
    if (work.settings.exactFrames == 0)
        work.settings.exactFrames = 48;
    const Interrupt interrupt;
    const auto points = measureSweep (session, load, axes, work, interrupt);
    writeFile (options.csv, sweepCsv (points));
    writeFile (options.plot, sweepSvg (points));
    if (options.json)
        session.out << toJson (points).dump (2) << '\n';
    else
        session.out << fmt::format ("{}, {} ({})\n", nameOf (points.front().device), TABLEREAD_VERSION,
                                    commit())
                    << describeSweep (points);
    return exitOk;
}

MachineLimits limitsOfGpu (const Session& session)
{
    const auto gpu = session.measureGpu ? session.measureGpu() : std::nullopt;
    const double speed = gpu ? gpu->memoryBytesPerSecond : 0;
    return { .readBytesPerSecond = speed, .rereadBytesPerSecond = speed, .operationsPerSecond = 0 };
}

BenchReport measure (const BenchOptions& options, Session& session)
{
    const auto& asked = options.measure;
    const auto [load, voice] = asked.prepare (session);
    BenchReport report;
    report.processor = processorName();
    report.processors = usableProcessors();
    report.threads = load.threads > 0 ? load.threads : report.processors;
    report.commit = commit();
    report.dtype = asked.model.dtype;
    report.text = asked.text;

    const Interrupt interrupt;
    auto begin = std::chrono::steady_clock::now();
    auto renderer = session.load (load);
    report.loadsMs.push_back (millisecondsSince (begin));
    report.model = renderer->info();
    session.err << asked.offload.effective (report.model);
    begin = std::chrono::steady_clock::now();
    Passage passage { { { 0, asked.text } }, { renderer->encodeVoice (voice) } };
    report.voiceMs = millisecondsSince (begin);

    std::vector<float> first;
    for (int run = 0; run < options.runs; ++run)
    {
        std::vector<float> samples;
        RenderEvents events;
        events.onFrame = [&samples] (std::span<const float> frame) {
            samples.insert (samples.end(), frame.begin(), frame.end());
        };
        events.isCancelled = [&interrupt] { return interrupt.came(); };
        report.runs.push_back (renderer->render (passage, asked.settings, events));
        if (interrupt.came())
            fail (ErrorCode::Cancelled, "the measurement was stopped; half of one says nothing.");
        if (run == 0)
            first = samples;
        report.identical = report.identical && samples == first;
    }
    report.samplesHash = contentHash (first);
    report.peakBytes = peakResidentBytes();
    report.device = renderer->deviceReport();

    passage.voices.clear();
    renderer.reset();
    while (report.loadsMs.size() < loads && report.loadsMs.front() < longestLoadToRepeatMs)
    {
        begin = std::chrono::steady_clock::now();
        const auto again = session.load (load);
        report.loadsMs.push_back (millisecondsSince (begin));
    }
    const auto checkpoint =
        load.randomWeights ? Checkpoint::shapesOf (load.model) : Checkpoint::open (load.model);
    report.work =
        workOfOneFrame (*checkpoint, { .steps = asked.settings.steps,
                                       .guided = asked.settings.guidanceScale != 1.0f,
                                       .bytesPerWeight = load.compute == ComputeType::BFloat16 ? 2.0 : 4.0,
                                       .layers = load.offload.settings.weights });
    report.limits =
        report.device.name.empty()
            ? measureLimits (report.threads, static_cast<std::size_t> (report.work.diffusionHead.bytes))
            : limitsOfGpu (session);
    return report;
}
} // namespace

void addBench (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<BenchOptions>();
    auto* command = app.add_subcommand ("bench", "Measure speed and memory, part by part");
    options->measure.addTo (*command);
    command->add_option ("--runs", options->runs, "Renders of the text; medians are shown")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
    command
        ->add_option ("--frames", options->measure.settings.exactFrames,
                      "So many frames a render, whatever the model chooses; 0: as it chooses")
        ->check (CLI::Range (0, 1'000'000));
    command->add_option (
        "--sweep", options->sweep,
        "Measure each combination of lists such as gpu-layers=0,8,20 interval=1,50 batch=1,8");
    command->add_option ("--csv", options->csv, "A sweep's figures as a table for other programs");
    command->add_option ("--plot", options->plot, "A sweep's times as an SVG picture");
    command->add_flag ("--json", options->json, "Machine-readable");
    command->footer (R"(
Examples:
  tableread-engine bench
  tableread-engine bench --model ~/models/VibeVoice-1.5B --dtype bf16 --threads 8 --runs 3
  tableread-engine bench --json > bench.json
  tableread-engine bench --model Assets/models/shapes/7b --random-weights --device cuda --dtype bf16 \
      --sweep gpu-layers=0,8,20,28 --csv sweep.csv --plot sweep.svg

"bound" says whether reading the weights or computing with them sets the floor under a part's time on this machine, and
how much of that floor's rate is reached. Both limits are measured at the end.)");
    command->callback ([options, &session] {
        session.action = [options, &session] {
            if (! options->sweep.empty())
                return sweep (*options, session);
            const auto report = measure (*options, session);
            if (options->json)
                session.out << toJson (report).dump (2) << '\n';
            else
                session.out << describe (report);
            return report.identical ? exitOk : exitInternal;
        };
    });
}
} // namespace tableread::engine
