// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Command/Farm/Reckoning.h"
#include "Command/ModelOptions.h"
#include "Command/NumberOptions.h"
#include "Command/OffloadOptions.h"
#include "Command/Subcommands.h"
#include "Device/Driver.h"
#include "Measure/PlanReport.h"

namespace tableread::engine
{
namespace
{
struct PlanOptions
{
    std::filesystem::path model;
    OffloadOptions offload;
    ReckoningOptions farm;
    double linkGb = 0, bandwidthGb = 0; // in 10⁹ bytes per second; 0: not given
    int steps = 10;
    bool json = false;
};

PlanQuestion questionOf (const PlanOptions& options, const std::optional<GpuMeasures>& gpu)
{
    PlanQuestion question;
    question.settings = options.offload.request().settings;
    question.memory = MemorySettings::of (question.settings, true);
    question.steps = options.steps;
    if (gpu)
    {
        question.speed = { gpu->linkBytesPerSecond, gpu->memoryBytesPerSecond };
        question.free = gpu->freeBytes;
        question.hasContext = true;
    }
    if (options.linkGb > 0)
        question.speed.linkBytesPerSecond = options.linkGb * 1e9;
    if (options.bandwidthGb > 0)
        question.speed.memoryBytesPerSecond = options.bandwidthGb * 1e9;
    if (question.settings.deviceMemoryLimit > 0) // a GPU of that size, not this machine's
    {
        question.free = question.settings.deviceMemoryLimit;
        question.hasContext = false;
    }
    return question;
}

int printPlan (const PlanOptions& options, Session& session)
{
    const auto folder =
        orThrow (findModel (ModelSearch::current (options.model, session.executable), notesTo (session)));
    const bool allGiven = options.linkGb > 0 && options.bandwidthGb > 0 &&
                          options.offload.request().settings.deviceMemoryLimit > 0;
    const auto gpu = session.measureGpu && ! allGiven ? session.measureGpu() : std::nullopt;
    const bool hasWeights = Checkpoint::hasWeights (folder);
    if (! hasWeights)
        session.err
            << "The folder holds no safetensors file: this plan uses the shapes in its config.json.\n";
    const auto checkpoint = hasWeights ? Checkpoint::open (folder) : Checkpoint::shapesOf (folder);
    const auto report = plan (*checkpoint, questionOf (options, gpu));
    if (options.json)
    {
        session.out << toJson (report).dump (2) << '\n';
        return exitOk;
    }
    session.out << describe (report);
    if (! gpu && ! allGiven)
        session.err
            << "No GPU was measured: values not given by --link, --bandwidth and --vram are assumed.\n";
    return exitOk;
}
} // namespace

void addPlan (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<PlanOptions>();
    auto* command =
        app.add_subcommand ("plan", "Predict a model's memory and speed on a GPU, or a farm's time and cost");
    command
        ->add_option ("--model", options->model,
                      "Folder of a checkpoint, or of its config.json alone [the embedded one, or "
                      "TABLEREAD_MODEL]")
        ->type_name ("DIR");
    options->offload.addMemoryOptionsTo (*command);
    command->add_option ("--link", options->linkGb, "Host-to-GPU bandwidth [measured, else 25]")
        ->check (numberBetween (0.001, 1e6))
        ->type_name ("GB/s");
    command
        ->add_option ("--bandwidth", options->bandwidthGb,
                      "Bandwidth of the GPU's memory [measured, else 760]")
        ->check (numberBetween (0.001, 1e6))
        ->type_name ("GB/s");
    command->add_option ("--steps", options->steps, "Diffusion steps per frame")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
    command->add_flag ("--json", options->json, "Print JSON, in bytes");
    options->farm.addTo (*command);
    command->footer (R"(
Examples:
  tableread-engine plan --model ~/models/VibeVoice-7B --vram 10GB
  tableread-engine plan --model ~/models/VibeVoice-7B --vram 8GiB --weights int8 --link 12 --bandwidth 448
  tableread-engine plan --model Assets/models/shapes/7b --vram 10GB
  tableread-engine plan scene.tableread --nodes 4 --bench bench.json
  tableread-engine plan --lines 5000 --nodes 20 --bench bench.json --hour-cost 1.90

Reads the headers only; without safetensors files config.json is enough. "waiting" is the share of a frame in which the GPU waits for copies. What the columns mean and
what to do about them is in Assets/docs/offload.md. How long a farm's lines will be is estimated from their letters, and
from the speech that bench measured (Assets/docs/farm.md).)");
    command->callback ([options, &session] {
        session.needsTorch = ! options->farm.isAsked() && hasCudaDriver(); // to measure the GPU
        session.action = [options, &session] {
            return options->farm.isAsked() ? options->farm.reckon (options->json, session)
                                           : printPlan (*options, session);
        };
    });
}
} // namespace tableread::engine
