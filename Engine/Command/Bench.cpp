// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/MeasureOptions.h"
#include "Command/NumberOptions.h"
#include "Command/Subcommands.h"
#include "Core/Process/Interrupt.h"
#include "Measure/Arrivals.h"
#include "Measure/Bench.h"
#include "Measure/BenchSweep.h"
#include "Measure/Machine.h"

namespace tableread::engine
{
namespace
{
struct BenchOptions
{
    MeasureOptions measure;
    int runs = 5;
    std::int64_t frames = 0; // per render; 0: the model chooses
    bool json = false;
    std::vector<std::string> sweep;
    std::filesystem::path csv, plot;
    int arrivals = 0;
    double rate = 0; // of arrivals
};

MeasureHooks hooksOf (const Session& session, const Interrupt& interrupt)
{
    return { .load = session.load, .isStopped = [&interrupt] { return interrupt.came(); } };
}

int sweep (const BenchOptions& options, Session& session)
{
    SweepAxes axes;
    for (const auto& axis : options.sweep)
        axes.add (axis);
    auto [load, speech] = options.measure.prepare (session);
    options.measure.checkOutputs (load, { options.csv, options.plot });
    speech.exactFrames = options.frames > 0 ? options.frames : 48;
    const Interrupt interrupt;
    const auto points = measureSweep (
        { load, axes, speech }, hooksOf (session, interrupt),
        [&session] (const SweepPoint& point) { session.err << describeSweep ({ point }) << std::flush; });
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

int arrivals (const BenchOptions& options, Session& session)
{
    auto [load, speech] = options.measure.prepare (session);
    const Interrupt interrupt;
    const int passages = load.offload.settings.passages;
    const auto report = measureArrivals ({ .load = load,
                                           .speech = speech,
                                           .passages = options.arrivals,
                                           .perSecond = options.rate,
                                           .seats = passages },
                                         hooksOf (session, interrupt));
    if (options.json)
        session.out << toJson (report).dump (2) << '\n';
    else
        session.out << describe (report);
    return report.identical ? exitOk : exitInternal;
}

BenchReport measure (const BenchOptions& options, Session& session)
{
    auto [load, speech] = options.measure.prepare (session);
    speech.exactFrames = options.frames;
    const Interrupt interrupt;
    auto hooks = hooksOf (session, interrupt);
    hooks.onLoaded = [&] (const ModelInfo& model) {
        session.err << sentencesOn (model, options.measure.offload);
    };
    return measureBench ({ load, speech, options.runs, session.measureGpu }, hooks);
}
} // namespace

void addBench (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<BenchOptions>();
    auto* command = app.add_subcommand ("bench", "Measure speed and memory of each part");
    options->measure.addTo (*command);
    command->add_option ("--runs", options->runs, "Number of renders; medians are shown")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
    command
        ->add_option ("--frames", options->frames,
                      "Exact number of frames in each render; 0: the model chooses")
        ->check (CLI::Range (0, 1'000'000));
    command->add_option (
        "--sweep", options->sweep,
        "Measure each combination of lists such as gpu-layers=0,8,20 interval=1,50 batch=1,8");
    command->add_option ("--csv", options->csv, "Write a sweep's figures as CSV");
    command->add_option ("--plot", options->plot, "Plot a sweep's times as SVG");
    command
        ->add_option (
            "--arrivals", options->arrivals,
            "Let so many passages of 15 to 90 frames join and leave a batch of --passages, and compare with "
            "their parts alone")
        ->check (CLI::Range (1, 100'000));
    command
        ->add_option ("--rate", options->rate,
                      "Arrivals a second, at random times; 0: all are there from the beginning")
        ->check (numberBetween (0, 1e6));
    command->add_flag ("--json", options->json, "Print JSON");
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
        session.needsTorch = true;
        session.action = [options, &session] {
            if (! options->sweep.empty())
                return sweep (*options, session);
            if (options->arrivals > 0)
                return arrivals (*options, session);
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
