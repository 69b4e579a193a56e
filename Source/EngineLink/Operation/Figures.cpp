// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Operation/Figures.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace tableread
{
namespace
{
constexpr std::string_view metricPrefix = "tableread_";
constexpr std::array<std::string_view, 3> histograms { "inter_frame_latency_seconds", "audio_rtf",
                                                       "time_to_first_audio_seconds" };
constexpr std::size_t mostGpus = 64;

/** A line of Prometheus' text: NAME{LABEL="VALUE",…} NUMBER. */
struct Sample
{
    std::string_view name; // without the metricPrefix
    std::vector<std::pair<std::string_view, std::string>> labels {};
    double value = 0;

    std::string label (std::string_view wanted) const
    {
        const auto found = std::ranges::find (labels, wanted, [] (const auto& each) { return each.first; });
        return found == labels.end() ? std::string() : found->second;
    }
};

/** Takes a label's value, to its closing quote. @returns empty if there is none. */
std::optional<std::string> takeQuoted (std::string_view& rest)
{
    std::string text;
    for (std::size_t i = 1; i < rest.size(); ++i)
    {
        if (rest[i] == '"')
        {
            rest.remove_prefix (i + 1);
            return text;
        }
        if (rest[i] == '\\' && ++i == rest.size())
            break;
        text += rest[i];
    }
    return {};
}

/** @returns false if these are not labels. */
bool takeLabels (std::string_view& rest, Sample& sample)
{
    rest.remove_prefix (1);
    while (! rest.starts_with ('}'))
    {
        const auto equals = rest.find ("=\"");
        if (equals == std::string_view::npos)
            return false;
        const auto name = rest.substr (0, equals);
        rest.remove_prefix (equals + 1);
        auto value = takeQuoted (rest);
        if (! value)
            return false;
        sample.labels.emplace_back (name, std::move (*value));
        if (rest.starts_with (','))
            rest.remove_prefix (1);
    }
    rest.remove_prefix (1);
    return true;
}

std::optional<Sample> sampleOf (std::string_view line)
{
    if (! line.starts_with (metricPrefix))
        return {};
    line.remove_prefix (metricPrefix.size());
    const auto end = line.find_first_of ("{ ");
    if (end == std::string_view::npos)
        return {};
    Sample sample { .name = line.substr (0, end) };
    line.remove_prefix (end);
    if (line.starts_with ('{') && ! takeLabels (line, sample))
        return {};
    line.remove_prefix (std::min (line.find_first_not_of (' '), line.size()));
    const auto read = std::from_chars (line.data(), line.data() + line.size(), sample.value);
    return read.ec == std::errc() && std::isfinite (sample.value) ? std::optional (std::move (sample))
                                                                  : std::nullopt;
}

std::int64_t wholeOf (double value)
{
    constexpr double most = 1e15; // far above any count or size
    return static_cast<std::int64_t> (std::clamp (value, 0.0, most));
}

void addGpu (const Sample& sample, std::vector<EngineFigures::Gpu>& gpus)
{
    using Gpu = EngineFigures::Gpu;
    constexpr std::array fields {
        std::pair { "total", &Gpu::total },     std::pair { "free", &Gpu::free },
        std::pair { "used", &Gpu::used },       std::pair { "cached", &Gpu::cached },
        std::pair { "context", &Gpu::context }, std::pair { "peak", &Gpu::peak }
    };
    const auto worker = sample.label ("worker"), kind = sample.label ("kind");
    auto gpu = std::ranges::find (gpus, worker, &Gpu::worker);
    if (gpu == gpus.end() && gpus.size() < mostGpus)
        gpu = gpus.insert (gpu, Gpu { .worker = worker, .device = sample.label ("device") });
    for (const auto& [name, field] : fields)
        if (gpu != gpus.end() && kind == name)
            (*gpu).*field = wholeOf (sample.value);
}
} // namespace

const EngineFigures& FigureReader::read (std::string_view metrics)
{
    std::array<Total, histograms.size()> totals;
    EngineFigures fresh { .frameMs = now.frameMs,
                          .realTimeFactor = now.realTimeFactor,
                          .firstAudioMs = now.firstAudioMs };
    while (! metrics.empty())
    {
        const auto end = std::min (metrics.find ('\n'), metrics.size());
        const auto sample = sampleOf (metrics.substr (0, end));
        metrics.remove_prefix (std::min (end + 1, metrics.size()));
        if (! sample)
            continue;
        for (std::size_t i = 0; i < histograms.size(); ++i)
            if (sample->name.starts_with (histograms[i]))
            {
                const auto part = sample->name.substr (histograms[i].size());
                totals[i].sum += part == "_sum" ? sample->value : 0;
                totals[i].count += part == "_count" ? sample->value : 0;
            }
        if (sample->name == "num_requests_running")
            fresh.speaking += wholeOf (sample->value);
        else if (sample->name == "num_requests_waiting")
            fresh.waiting += wholeOf (sample->value);
        else if (sample->name == "process_resident_memory_bytes")
            fresh.residentBytes = wholeOf (sample->value);
        else if (sample->name == "gpu_memory_bytes")
            addGpu (*sample, fresh.gpus);
    }
    const std::array results { std::pair { &fresh.frameMs, 1000.0 }, std::pair { &fresh.realTimeFactor, 1.0 },
                               std::pair { &fresh.firstAudioMs, 1000.0 } };
    for (std::size_t i = 0; i < totals.size(); ++i)
    {
        const bool isOther = totals[i].count < before[i].count; // engine: its counts began with 0
        const auto last = isOther ? Total {} : before[i];
        if (totals[i].count <= last.count)
            continue;
        const auto average = results[i].second * (totals[i].sum - last.sum) / (totals[i].count - last.count);
        if (std::isfinite (average) && average >= 0)
            *results[i].first = average;
    }
    before = totals;
    now = std::move (fresh);
    return now;
}
} // namespace tableread
