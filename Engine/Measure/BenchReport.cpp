// SPDX-License-Identifier: Apache-2.0
#include "Measure/BenchReport.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Measure/Machine.h"

namespace tableread::engine
{
namespace
{
double frameMs (const BenchReport& report)
{
    return 1000.0 * static_cast<double> (report.model.frameSamples) /
           static_cast<double> (report.model.sampleRateHz);
}

Spread over (const BenchReport& report, const std::function<double (const RenderReport&)>& value)
{
    std::vector<double> values;
    for (const auto& run : report.runs)
        values.push_back (value (run));
    return spreadOf (values);
}

Spread perFrame (const BenchReport& report, double PartTimes::*part)
{
    return over (report, [part] (const RenderReport& run) {
        return run.frames > 0 ? run.times.*part / static_cast<double> (run.frames) : 0.0;
    });
}

bool isOnGpu (const BenchReport& report)
{
    return ! report.device.name.empty();
}

PartWork operator+ (const PartWork& a, const PartWork& b)
{
    return { a.bytes + b.bytes, a.rereadBytes + b.rereadBytes, a.operations + b.operations };
}

/** The device that computed, and its limits. */
std::string describeMachine (const BenchReport& report)
{
    const auto& limits = report.limits;
    auto lines = fmt::format ("machine           {}, {} processors, {} threads\n", report.processor,
                              report.processors, report.threads);
    if (isOnGpu (report))
        lines += fmt::format ("                  {}\n"
                              "                  at most (measured): reads {:.0f} GB/s from its memory\n",
                              nameOf (report.device), limits.readBytesPerSecond / 1e9);
    else
        lines += fmt::format ("                  at most (measured): reads {:.1f} GB/s from memory, {:.1f} "
                              "GB/s of what fits the head again, computes {:.0f} GFLOP/s\n",
                              limits.readBytesPerSecond / 1e9, limits.rereadBytesPerSecond / 1e9,
                              limits.operationsPerSecond / 1e9);
    return lines;
}

Spread firstAudio (const BenchReport& report)
{
    return over (report, [] (const RenderReport& run) { return run.firstFrameMs; });
}
} // namespace

std::string PartResult::bound() const
{
    if (memoryFloorMs <= 0 && arithmeticFloorMs <= 0)
        return {};
    return memoryFloorMs >= arithmeticFloorMs ? "memory" : "arithmetic";
}

double PartResult::efficiency() const
{
    return msPerFrame.median > 0 ? std::max (memoryFloorMs, arithmeticFloorMs) / msPerFrame.median : 0.0;
}

std::vector<PartResult> partsOf (const BenchReport& report)
{
    const auto& work = report.work;
    std::vector<PartResult> parts {
        { "language model", perFrame (report, &PartTimes::languageModel), 0, work.languageModel, 0, 0 },
        { "diffusion head", perFrame (report, &PartTimes::diffusionHead), 0, work.diffusionHead, 0, 0 },
        { "decoder", perFrame (report, &PartTimes::decoder), 0, work.decoder, 0, 0 },
        { "semantic encoder", perFrame (report, &PartTimes::semanticEncoder), 0, work.semanticEncoder, 0, 0 },
        { "other", perFrame (report, &PartTimes::other), 0, {}, 0, 0 },
    };
    if (isOnGpu (report)) // which does these three together
    {
        parts[1].name = "head and codec";
        parts[1].work = work.diffusionHead + work.decoder + work.semanticEncoder;
        parts.erase (parts.begin() + 2, parts.begin() + 4);
    }
    if (report.device.transfers > 0) // limited by the link, which a sweep measures
        parts[0].work = {};
    const auto& limits = report.limits;
    double sum = 0;
    for (const auto& part : parts)
        sum += part.msPerFrame.median;
    for (auto& part : parts)
    {
        part.share = sum > 0 ? part.msPerFrame.median / sum : 0;
        if (limits.readBytesPerSecond > 0 && limits.rereadBytesPerSecond > 0)
            part.memoryFloorMs = 1000.0 * (part.work.bytes / limits.readBytesPerSecond +
                                           part.work.rereadBytes / limits.rereadBytesPerSecond);
        if (limits.operationsPerSecond > 0)
            part.arithmeticFloorMs = 1000.0 * part.work.operations / limits.operationsPerSecond;
    }
    return parts;
}

Spread realTimeFactor (const BenchReport& report)
{
    return over (report, [&report] (const RenderReport& run) {
        return run.frames > 0 ? run.totalMs / (static_cast<double> (run.frames) * frameMs (report)) : 0.0;
    });
}

nlohmann::json toJson (const BenchReport& report)
{
    nlohmann::json parts = nlohmann::json::array();
    for (const auto& part : partsOf (report))
        parts.push_back ({ { "part", part.name },
                           { "ms_per_frame", toJson (part.msPerFrame) },
                           { "share", part.share },
                           { "bytes_per_frame", part.work.bytes },
                           { "reread_bytes_per_frame", part.work.rereadBytes },
                           { "operations_per_frame", part.work.operations },
                           { "memory_floor_ms", part.memoryFloorMs },
                           { "arithmetic_floor_ms", part.arithmeticFloorMs },
                           { "bound", part.bound() },
                           { "efficiency", part.efficiency() } });
    return { { "machine",
               { { "processor", report.processor },
                 { "gpu", report.device.name },
                 { "driver", report.device.driver },
                 { "processors", report.processors },
                 { "read_bytes_per_second", report.limits.readBytesPerSecond },
                 { "reread_bytes_per_second", report.limits.rereadBytesPerSecond },
                 { "operations_per_second", report.limits.operationsPerSecond } } },
             { "version", TABLEREAD_VERSION },
             { "commit", report.commit },
             { "model", report.model.name },
             { "fingerprint", report.model.fingerprint },
             { "device", report.model.device },
             { "parameters", report.model.parameters },
             { "dtype", report.dtype },
             { "threads", report.threads },
             { "text", report.text },
             { "runs", report.runs.size() },
             { "identical", report.identical },
             { "samples_xxh3_128", report.samplesHash },
             { "frames", report.runs.empty() ? 0 : report.runs.front().frames },
             { "start_ms", report.startMs },
             { "load_ms", toJson (spreadOf (report.loadsMs)) },
             { "voice_ms", report.voiceMs },
             { "first_audio_ms", toJson (firstAudio (report)) },
             { "prefill_ms", toJson (over (report, [] (const auto& run) { return run.times.prefill; })) },
             { "rtf", toJson (realTimeFactor (report)) },
             { "worker", toJson (report.worker) },
             { "peak_resident_bytes", report.peakBytes },
             { "peak_gpu_bytes", report.device.peakBytes },
             { "parts", parts } };
}

std::string describe (const BenchReport& report)
{
    const auto frames = report.runs.empty() ? 0 : report.runs.front().frames;
    auto lines = describeMachine (report);
    lines += fmt::format ("program           {} ({}), {}\n", TABLEREAD_VERSION, report.commit, report.dtype);
    lines += fmt::format ("model             {}, {:.1f} M parameters, {}\n", report.model.name,
                          static_cast<double> (report.model.parameters) / 1e6, report.model.fingerprint);
    lines += fmt::format ("runs              {} of {} frames, {:.1f} s of speech; {}\n", report.runs.size(),
                          frames, static_cast<double> (frames) * frameMs (report) / 1000.0,
                          report.identical ? "the same samples each time" : "DIFFERENT SAMPLES");
    lines += "\n                  median (least to most)\n";
    lines += fmt::format ("load              {}\n", describe (spreadOf (report.loadsMs), " ms", 0));
    lines += fmt::format ("voice             {:.0f} ms, once\n", report.voiceMs);
    lines += fmt::format ("first audio       {}\n", describe (firstAudio (report), " ms", 0));
    lines += fmt::format ("real-time factor  {}\n", describe (realTimeFactor (report), "", 3));
    lines += fmt::format ("several at once   {} passages, {:.1f} frames a second\n", report.worker.passages,
                          report.worker.framesASecond);
    lines += fmt::format ("peak memory       {:.0f} MB\n", static_cast<double> (report.peakBytes) / 1e6);
    if (isOnGpu (report))
        lines += fmt::format ("peak on the GPU   {:.2f} GB\n",
                              static_cast<double> (report.device.peakBytes) / 1e9);
    lines += '\n';

    lines += fmt::format ("{:<18}{:>9}{:>8}{:>11}{:>11}  {}\n", "part", "ms/frame", "share", "weights",
                          "work", "bound");
    for (const auto& part : partsOf (report))
    {
        lines +=
            fmt::format ("{:<18}{:>9.2f}{:>7.0f}%", part.name, part.msPerFrame.median, 100.0 * part.share);
        if (! part.bound().empty())
            lines += fmt::format ("{:>8.1f} MB{:>8.2f} GF  {}, at {:.0f} % of it",
                                  (part.work.bytes + part.work.rereadBytes) / 1e6, part.work.operations / 1e9,
                                  part.bound(), 100.0 * part.efficiency());
        lines += '\n';
    }
    return lines;
}
} // namespace tableread::engine
