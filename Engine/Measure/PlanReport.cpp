// SPDX-License-Identifier: Apache-2.0
#include "Measure/PlanReport.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "Measure/ModelWork.h"
#include "Offload/LayerPlan.h"

namespace tableread::engine
{
namespace
{
double gibibytes (std::int64_t bytes)
{
    return static_cast<double> (bytes) / (1024.0 * 1024.0 * 1024.0);
}

FrameTimes timesOf (const Checkpoint& checkpoint, const PlanQuestion& question)
{
    const auto work = workOfOneFrame (checkpoint, { .steps = question.steps,
                                                    .guided = question.memory.guided,
                                                    .bytesPerWeight = question.memory.bfloat16 ? 2.0 : 4.0 });
    const auto& head = work.diffusionHead;
    const auto rest = head.bytes + head.rereadBytes + work.decoder.bytes + work.semanticEncoder.bytes;
    const auto bytesPerMs =
        question.speed.memoryBytesPerSecond * question.assumptions.shareOfMemorySpeed / 1000.0;
    const auto layer = static_cast<double> (layerBytes (checkpoint, question.memory));
    return { .layerMs = layer / bytesPerMs,
             .restMs = rest / bytesPerMs + question.assumptions.hostMsAFrame,
             .copyMs = layer / question.speed.linkBytesPerSecond * 1000.0 };
}

double frameMs (const PlanReport& report)
{
    constexpr double speechMs = 1000.0 / 7.5; // per frame
    return speechMs * report.question.memory.passages;
}
} // namespace

PlanReport plan (const Checkpoint& checkpoint, const PlanQuestion& question)
{
    PlanReport report { checkpoint.folder().filename().string(), question, {}, {}, {}, {} };
    report.needs = memoryNeeds (checkpoint, question.memory);
    if (question.hasContext)
        report.needs.context = 0;
    report.times = timesOf (checkpoint, question);
    const auto slots = question.settings.slots();
    const auto oneLayer = layerBytes (checkpoint, question.memory);
    if (question.free)
        report.automatic = mostLayers (report.needs, slots, *question.free);

    std::map<std::int64_t, std::vector<std::string>, std::greater<>> choices;
    for (const auto& preset : offloadPresets())
        choices[*presetLayers (preset.name, report.needs.layers)].emplace_back (preset.name);
    choices[0].emplace_back ("--gpu-layers 0");
    if (report.automatic)
        choices[*report.automatic].emplace_back ("auto");
    for (const auto& [layers, names] : choices)
    {
        PlanReport::Row row;
        row.names = names;
        row.config = { report.needs.layers, layers, question.settings, {} };
        row.peakBytes = peakBytes (report.needs, layers, slots);
        row.hostBytes = (report.needs.layers - layers) * oneLayer;
        row.fits = ! question.free || row.peakBytes <= *question.free;
        row.frame = predictFrame (row.config, report.times);
        report.rows.push_back (std::move (row));
    }
    return report;
}

std::string describe (const PlanReport& report)
{
    const auto& question = report.question;
    auto text = fmt::format (
        "{}: {} layers of {:.1f} MB ({})\n", report.model, report.needs.layers,
        static_cast<double> (report.needs.layerBytes) / 1e6,
        question.settings.weights == WeightsFormat::AsComputed ? "bf16" : nameOf (question.settings.weights));
    text += fmt::format (
        "link {:.1f} GB/s, GPU memory {:.0f} GB/s, {} diffusion steps, {} {} of up to {} positions\n\n",
        question.speed.linkBytesPerSecond / 1e9, question.speed.memoryBytesPerSecond / 1e9, question.steps,
        question.memory.passages, question.memory.passages == 1 ? "passage" : "passages",
        question.memory.positions);
    text += fmt::format ("{:<24}{:>9}{:>11}{:>11}{:>12}{:>11}{:>11}\n", "preset", "resident", "GPU GiB",
                         "host GiB", "ms a frame", "waiting", "real time");
    for (const auto& row : report.rows)
        text += fmt::format ("{:<24}{:>9}{:>11.2f}{:>11.2f}{:>12.1f}{:>9.0f} %{:>10.2f}x{}\n",
                             fmt::format ("{}", fmt::join (row.names, ", ")), row.config.gpuLayers,
                             gibibytes (row.peakBytes), gibibytes (row.hostBytes), row.frame.frameMs,
                             100.0 * row.frame.exposedWaitMs / row.frame.frameMs,
                             frameMs (report) / row.frame.frameMs, row.fits ? "" : "  does not fit");
    if (! question.free)
        return text;
    const std::string device = question.hasContext ? "the GPU" : "a GPU of this size";
    if (! report.automatic)
        return text + fmt::format ("\nNothing fits {:.2f} GiB, not even with all layers offloaded.{}\n",
                                   gibibytes (*question.free),
                                   question.settings.weights == WeightsFormat::AsComputed
                                       ? " Try --weights int8."
                                       : "");
    const OffloadConfig chosen { report.needs.layers, *report.automatic, question.settings, {} };
    return text + "\nauto:\n" + describeMemory (report.needs, chosen, *question.free, device);
}

nlohmann::json toJson (const PlanReport& report)
{
    const auto& needs = report.needs;
    const auto& question = report.question;
    nlohmann::json json { { "model", report.model },
                          { "layers", needs.layers },
                          { "weights", nameOf (question.settings.weights) },
                          { "link_bytes_per_second", question.speed.linkBytesPerSecond },
                          { "memory_bytes_per_second", question.speed.memoryBytesPerSecond },
                          { "memory",
                            { { "layer", needs.layerBytes },
                              { "other_weights", needs.otherWeights },
                              { "voice_encoder", needs.voiceEncoder },
                              { "caches", needs.caches },
                              { "activations", needs.activations },
                              { "context", needs.context },
                              { "reserve", needs.reserve } } },
                          { "times",
                            { { "layer_ms", report.times.layerMs },
                              { "rest_ms", report.times.restMs },
                              { "copy_ms", report.times.copyMs } } },
                          { "rows", nlohmann::json::array() } };
    if (question.free)
        json["free"] = *question.free;
    if (report.automatic)
        json["auto"] = *report.automatic;
    for (const auto& row : report.rows)
        json["rows"].push_back ({ { "names", row.names },
                                  { "gpu_layers", row.config.gpuLayers },
                                  { "peak", row.peakBytes },
                                  { "host", row.hostBytes },
                                  { "fits", row.fits },
                                  { "frame_ms", row.frame.frameMs },
                                  { "exposed_wait_ms", row.frame.exposedWaitMs },
                                  { "transfers", row.frame.transfers } });
    return json;
}
} // namespace tableread::engine
