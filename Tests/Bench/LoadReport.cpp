// SPDX-License-Identifier: Apache-2.0
#include "Bench/LoadReport.h"

#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tableread::test
{
namespace
{
/** What an engine needs to give back the memory of requests that have ended. */
constexpr std::chrono::seconds untilMemoryIsBack { 2 };

/** Of the load to the baseline; 0 if there is nothing to divide by. */
double ratio (double load, double baseline)
{
    return baseline > 0 ? load / baseline : 0;
}

Percentiles ratios (const Percentiles& load, const Percentiles& baseline)
{
    return { load.count, ratio (load.p50, baseline.p50), ratio (load.p95, baseline.p95),
             ratio (load.p99, baseline.p99), ratio (load.most, baseline.most) };
}

std::string describe (const char* name, const Percentiles& is, const char* unit = "")
{
    return is.count == 0 ? std::string()
                         : fmt::format ("{:<20}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9}{}\n", name, is.p50,
                                        is.p95, is.p99, is.most, is.count, unit);
}

std::string describe (const RunFigures& run)
{
    auto lines = fmt::format ("{:<20}{} done ({} in time), {} unfinished; {} answers were 503\n", "requests",
                              run.done, run.doneInTime, run.unfinished, run.busy);
    for (const auto& [kind, fault] : run.faults)
        lines += fmt::format ("{:<20}{} x {}{}{}\n", "ERROR", fault.count, kind,
                              fault.example.empty() ? "" : ": ", fault.example);
    if (run.differing > 0)
        lines +=
            fmt::format ("{:<20}{} streams, the first at: {}\n", "DIFFERENT", run.differing, run.difference);
    lines += fmt::format ("{:<20}{} to {} a client; {} clients got no audio in time\n", "jobs", run.leastJobs,
                          run.mostJobs, run.unheard);
    lines += fmt::format ("{:<20}{:.2f} s of audio a second\n\n", "throughput", run.audioPerSecond);
    lines += fmt::format ("{:<20}{:>9}{:>9}{:>9}{:>9}{:>9}\n", "ms", "p50", "p95", "p99", "max", "count");
    return lines + describe ("first audio", run.firstAudioMs) +
           describe ("between frames", run.betweenFramesMs) + describe ("/health", run.healthMs) +
           describe ("this tool is late", run.lateMs);
}

std::string describe (const ProcessFigures& process)
{
    if (process.isGone)
        return fmt::format ("{:<20}GONE: the process has ended\n", "engine");
    const auto line = [&process] (const char* name, std::int64_t ProcessSample::*value, double unit,
                                  int digits) {
        return fmt::format ("{:<20}{:>9.{}f}{:>9.{}f}{:>9.{}f}\n", name,
                            static_cast<double> (process.before.*value) / unit, digits,
                            static_cast<double> (process.most.*value) / unit, digits,
                            static_cast<double> (process.after.*value) / unit, digits);
    };
    return fmt::format ("{:<20}{:>9}{:>9}{:>9}\n", "engine", "before", "most", "after") +
           line ("memory, MB", &ProcessSample::residentBytes, 1e6, 1) +
           line ("threads", &ProcessSample::threads, 1, 0) +
           line ("descriptors", &ProcessSample::descriptors, 1, 0);
}

std::string describeRatios (const RunFigures& load, const RunFigures& baseline)
{
    return fmt::format ("{:<20}{:>9}{:>9}{:>9}{:>9}{:>9}\n",
                        fmt::format ("to {} client(s)", baseline.clients), "p50", "p95", "p99", "max",
                        "count") +
           describe ("first audio", ratios (load.firstAudioMs, baseline.firstAudioMs)) +
           describe ("between frames", ratios (load.betweenFramesMs, baseline.betweenFramesMs)) +
           describe ("/health", ratios (load.healthMs, baseline.healthMs)) +
           fmt::format ("{:<20}{:>9.2f}\n", "throughput",
                        ratio (load.audioPerSecond, baseline.audioPerSecond));
}

std::string describe (const LoadSettings& settings)
{
    return fmt::format (
        "{} client(s) for {} s, {}; {} line(s), seed {}{}", settings.clients, settings.seconds,
        settings.rate > 0 ? fmt::format ("open loop, {} requests a second", settings.rate)
                          : fmt::format ("closed loop, {} request(s) at a time each", settings.depth),
        settings.lines.size(), settings.seed,
        settings.compare ? ", each stream compared with one asked for alone" : "");
}
} // namespace

bool LoadReport::isGood() const
{
    return load.isGood() && (! baseline || baseline->isGood()) && (! process || ! process->isGone);
}

LoadReport measureLoad (const LoadSettings& settings)
{
    const auto engine = askEngine (settings);
    const auto references = settings.compare ? askAlone (settings, engine) : std::vector<std::string>();
    LoadReport report { settings, engine.health, {}, {}, {} };
    if (settings.baselineClients > 0)
    {
        auto few = settings;
        few.clients = settings.baselineClients;
        few.depth = 1;
        few.rate = 0;
        report.baseline = LoadRun (few, engine, references, nullptr).run();
        std::this_thread::sleep_for (untilMemoryIsBack);
    }
    std::optional<ProcessWatch> watch;
    if (settings.pid)
        watch.emplace (*settings.pid);
    report.load = LoadRun (settings, engine, references, watch ? &*watch : nullptr).run();
    if (watch)
        report.process = watch->settled();
    return report;
}

nlohmann::json toJson (const LoadReport& report)
{
    const auto& settings = report.settings;
    nlohmann::json json = { { "engine",
                              { { "model", report.engine.model },
                                { "version", report.engine.engineVersion },
                                { "fingerprint", report.engine.fingerprint },
                                { "frame_ms", 1000.0 * static_cast<double> (report.engine.frameSamples) /
                                                  static_cast<double> (report.engine.sampleRateHz) } } },
                            { "settings",
                              { { "clients", settings.clients },
                                { "depth", settings.depth },
                                { "seconds", settings.seconds },
                                { "rate", settings.rate },
                                { "lines", settings.lines.size() },
                                { "seed", settings.seed },
                                { "compared", settings.compare } } },
                            { "load", toJson (report.load) },
                            { "good", report.isGood() } };
    if (report.process)
        json["process"] = toJson (*report.process);
    if (const auto& baseline = report.baseline)
    {
        const auto& load = report.load;
        json["baseline"] = toJson (*baseline);
        json["ratios"] = {
            { "audio_seconds_per_second", ratio (load.audioPerSecond, baseline->audioPerSecond) },
            { "first_audio_ms", toJson (ratios (load.firstAudioMs, baseline->firstAudioMs)) },
            { "between_frames_ms", toJson (ratios (load.betweenFramesMs, baseline->betweenFramesMs)) },
            { "health_ms", toJson (ratios (load.healthMs, baseline->healthMs)) },
        };
    }
    return json;
}

std::string describe (const LoadReport& report)
{
    const auto& engine = report.engine;
    auto lines = fmt::format (
        "{:<20}{}, {}, frames of {:.1f} ms\n", "engine", engine.model, engine.fingerprint,
        1000.0 * static_cast<double> (engine.frameSamples) / static_cast<double> (engine.sampleRateHz));
    lines += fmt::format ("{:<20}{}\n", "load", describe (report.settings)) + describe (report.load);
    if (report.process)
        lines += '\n' + describe (*report.process);
    if (report.baseline)
        lines += '\n' + describeRatios (report.load, *report.baseline) +
                 fmt::format ("\n{} client(s) alone:\n", report.baseline->clients) +
                 describe (*report.baseline);
    return lines;
}
} // namespace tableread::test
