// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Command/BenchReport.h"
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

BenchReport measure (const BenchOptions& options, Session& session)
{
    auto load = options.model.resolve (session);
    options.offload.applyTo (load);
    const auto voice = chooseVoice (options, shelfOf (load.model));
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
    Passage passage { { { 0, options.text } }, { renderer->encodeVoice (voice.audio) } };
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
    const auto checkpoint = Checkpoint::open (load.model);
    report.work =
        workOfOneFrame (*checkpoint, { .steps = options.settings.steps,
                                       .guided = options.settings.guidanceScale != 1.0f,
                                       .bytesPerWeight = load.compute == ComputeType::BFloat16 ? 2.0 : 4.0 });
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
    command->add_flag ("--json", options->json, "Machine-readable");
    command->footer (R"(
Examples:
  tableread-engine bench
  tableread-engine bench --model ~/models/VibeVoice-1.5B --dtype bf16 --threads 8 --runs 3
  tableread-engine bench --json > bench.json

"bound" says whether reading the weights or computing with them sets the floor under a part's time on this machine, and
how much of that floor's rate is reached. Both limits are measured at the end.)");
    command->callback ([options, &session] {
        session.action = [options, &session] {
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
