// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <fstream>
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
#include "Command/ModelOptions.h"
#include "Command/OffloadOptions.h"

namespace tableread::engine
{
namespace
{
struct BenchOptions
{
    ModelOptions model;
    OffloadOptions offload;
    RenderSettings settings;
    std::string text =
        "This is a table read. The chairs are old, the tea is warm, and everybody knows the end.";
    std::string voice;
    int runs = 5;
    bool json = false;
    double voiceSeconds = 0;
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

ShelfVoice chooseVoice (const BenchOptions& options, const VoiceShelf& shelf)
{
    if (! options.voice.empty() && shelf.find (options.voice).empty())
        return orThrow (shelf.fetch ({ {}, options.voice }));
    const auto names = shelf.names();
    if (options.voice.empty() && names.empty())
        fail (ErrorCode::InvalidInput,
              "this model has no voice of its own. Give a recording with --voice FILE.");
    return orThrow (shelf.fetch ({ options.voice.empty() ? names.front() : options.voice, {} }));
}

/** The model that is measured, by a voice of its own or, if it has none, of the embedded one. */
std::pair<LoadOptions, VoiceAudio> prepare (const BenchOptions& options, const Session& session)
{
    auto load = options.model.resolve (session);
    options.offload.applyTo (load);
    auto voice = chooseVoice (options, shelfOf (load.tokenizer.empty() ? load.model : load.tokenizer)).audio;
    if (options.voiceSeconds > 0)
    {
        const auto once = voice.samples;
        voice.samples.resize ((std::size_t) (options.voiceSeconds * 24'000.0));
        for (std::size_t i = 0; i < voice.samples.size(); ++i)
            voice.samples[i] = once[i % once.size()];
    }
    return { std::move (load), std::move (voice) };
}

void writeFile (const std::filesystem::path& path, const std::string& text)
{
    if (path.empty())
        return;
    std::ofstream file (path);
    if (! (file << text).flush())
        fail (ErrorCode::Io, "cannot be written. Choose another place.", path.string());
}

int sweep (const BenchOptions& options, Session& session)
{
    SweepAxes axes;
    for (const auto& axis : options.sweep)
        axes.add (axis);
    auto [load, voice] = prepare (options, session);
    SweepWork work { std::move (voice), options.text, options.settings };
    if (work.settings.exactFrames == 0)
        work.settings.exactFrames = 48;
    const Interrupt interrupt;
    const auto points = measureSweep (session, load, axes, work, interrupt);
    writeFile (options.csv, sweepCsv (points));
    writeFile (options.plot, sweepSvg (points));
    session.out << fmt::format ("{}, {}, {} ({})\n", points.front().device.name, points.front().device.driver,
                                TABLEREAD_VERSION, commit());
    session.out << describeSweep (points);
    return exitOk;
}

BenchReport measure (const BenchOptions& options, Session& session)
{
    const auto [load, voice] = prepare (options, session);
    BenchReport report;
    report.processor = processorName();
    report.processors = usableProcessors();
    report.threads = load.threads > 0 ? load.threads : report.processors;
    report.commit = commit();
    report.dtype = options.model.dtype;
    report.text = options.text;

    const Interrupt interrupt;
    auto begin = std::chrono::steady_clock::now();
    auto renderer = session.load (load);
    report.loadsMs.push_back (millisecondsSince (begin));
    report.model = renderer->info();
    session.err << options.offload.effective (report.model);
    begin = std::chrono::steady_clock::now();
    Passage passage { { { 0, options.text } }, { renderer->encodeVoice (voice) } };
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
        report.runs.push_back (renderer->render (passage, options.settings, events));
        if (interrupt.came())
            fail (ErrorCode::Cancelled, "the measurement was stopped; half of one says nothing.");
        if (run == 0)
            first = samples;
        report.identical = report.identical && samples == first;
    }
    report.peakBytes = peakResidentBytes();

    passage.voices.clear();
    renderer.reset();
    while (report.loadsMs.size() < loads && report.loadsMs.front() < longestLoadToRepeatMs)
    {
        begin = std::chrono::steady_clock::now();
        const auto again = session.load (load);
        report.loadsMs.push_back (millisecondsSince (begin));
    }
    const auto checkpoint =
        load.randomWeights ? Checkpoint::random (load.model) : Checkpoint::open (load.model);
    report.work =
        workOfOneFrame (*checkpoint, { .steps = options.settings.steps,
                                       .guided = options.settings.guidanceScale != 1.0f,
                                       .bytesPerWeight = load.compute == ComputeType::BFloat16 ? 2.0 : 4.0,
                                       .layers = load.offload.settings.weights });
    report.limits =
        measureLimits (report.threads, static_cast<std::size_t> (report.work.diffusionHead.bytes));
    return report;
}
} // namespace

void addBench (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<BenchOptions>();
    auto* command = app.add_subcommand ("bench", "Measure speed and memory, part by part");
    options->model.addTo (*command);
    options->offload.addTo (*command);
    command->add_option ("--runs", options->runs, "Renders of the text; medians are shown")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
    command->add_option ("--text", options->text, "What is spoken")->capture_default_str();
    command->add_option ("--voice", options->voice,
                         "By whom: a voice of the model or a recording [the model's first]");
    command->add_option ("--seed", options->settings.seed, "Seed")
        ->check (wholeNumber)
        ->capture_default_str();
    command->add_option ("--cfg", options->settings.guidanceScale, "Guidance scale")->capture_default_str();
    command->add_option ("--steps", options->settings.steps, "Diffusion steps a frame")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
    command->add_flag (
        "--random-weights", options->model.randomWeights,
        "Random weights in the shapes of the model's config.json, which is all that is needed");
    command
        ->add_option ("--frames", options->settings.exactFrames,
                      "So many frames a render, whatever the model chooses; 0: as it chooses")
        ->check (CLI::Range (0, 1'000'000));
    command
        ->add_option ("--voice-seconds", options->voiceSeconds,
                      "The voice repeated or cut to this length; 0: as it is")
        ->check (CLI::Range (0.0, 600.0));
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
