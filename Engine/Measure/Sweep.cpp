// SPDX-License-Identifier: Apache-2.0
#include "Measure/Sweep.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
std::vector<std::int64_t> numbers (std::string_view text, const std::string& whole)
{
    std::vector<std::int64_t> values;
    while (true)
    {
        const auto comma = text.find (',');
        const auto item = text.substr (0, comma);
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars (item.data(), item.data() + item.size(), value);
        if (error != std::errc() || end != item.data() + item.size() || value < 0)
            fail (ErrorCode::InvalidInput, "--sweep " + whole + ": \"" + std::string (item) +
                                               "\" is not a whole number of 0 or more. Write numbers "
                                               "separated by commas, such as gpu-layers=0,8,20.");
        values.push_back (value);
        if (comma == std::string_view::npos)
            return values;
        text.remove_prefix (comma + 1);
    }
}

/** What distinguishes the lines of the plot: everything but the number of layers. */
std::string lineName (const SweepPoint& point)
{
    return fmt::format ("batch {}, interval {}", point.batch, point.config.settings.cacheTrimInterval);
}
} // namespace

void SweepAxes::add (const std::string& text)
{
    const auto equals = text.find ('=');
    const auto name = text.substr (0, equals);
    auto* axis = name == "gpu-layers" ? &gpuLayers
                 : name == "interval" ? &intervals
                 : name == "batch"    ? &batches
                                      : nullptr;
    if (axis == nullptr || equals == std::string::npos)
        fail (ErrorCode::InvalidInput, "--sweep " + text +
                                           ": an axis is gpu-layers, interval or batch. Write for example "
                                           "gpu-layers=0,8,20.");
    const auto values = numbers (std::string_view (text).substr (equals + 1), text);
    axis->insert (axis->end(), values.begin(), values.end());
}

double linkFloorMs (const SweepPoint& point)
{
    return point.linkBytesPerSecond > 0 ? 1000.0 * (double) point.bytesAFrame / point.linkBytesPerSecond
                                        : 0.0;
}

std::string describeSweep (const std::vector<SweepPoint>& points)
{
    auto text = fmt::format ("{:>6}{:>9}{:>6}{:>7}{:>27}{:>9}{:>20}{:>7}{:>8}{:>10}{:>6}{:>8}{:>8}{:>8}\n",
                             "layers", "interval", "batch", "frames", "ms a frame (least to most)", "audio/s",
                             "voice + first audio", "floor", "x floor", "transfers", "trims", "trim ms",
                             "peak GB", "planned");
    for (const auto& p : points)
    {
        const auto floor = linkFloorMs (p);
        text += fmt::format (
            "{:>6}{:>9}{:>6}{:>7}{:>27}{:>9.2f}{:>20}{:>7.1f}{:>8}{:>10}{:>6}{:>8.2f}{:>8.2f}{:>8.2f}\n",
            p.config.gpuLayers, p.config.settings.cacheTrimInterval, p.batch, p.frames,
            fmt::format ("{:.2f} ({:.2f} to {:.2f})", p.frameMs.median, p.frameMs.least, p.frameMs.most),
            p.audioSecondsASecond, fmt::format ("{:.0f} + {:.0f} ms", p.voiceMs, p.firstAudioMs), floor,
            floor > 0 ? fmt::format ("{:.3f}", p.frameMs.median / floor) : std::string ("-"),
            p.device.transfers, p.device.trims, p.device.trimMs, (double) p.device.peakBytes / 1e9,
            (double) p.plannedPeakBytes / 1e9);
    }
    return text;
}

nlohmann::json toJson (const std::vector<SweepPoint>& points)
{
    auto list = nlohmann::json::array();
    for (const auto& p : points)
        list.push_back ({ { "gpu", p.device.name },
                          { "gpu_layers", p.config.gpuLayers },
                          { "weights", nameOf (p.config.settings.weights) },
                          { "interval", p.config.settings.cacheTrimInterval },
                          { "batch", p.batch },
                          { "frames", p.frames },
                          { "samples_xxh3_128", p.samplesHash },
                          { "frame_ms", toJson (p.frameMs) },
                          { "audio_seconds_a_second", p.audioSecondsASecond },
                          { "first_audio_ms", p.firstAudioMs },
                          { "link_floor_ms", linkFloorMs (p) },
                          { "peak_bytes", p.device.peakBytes },
                          { "planned_peak_bytes", p.plannedPeakBytes } });
    return list;
}

std::string sweepCsv (const std::vector<SweepPoint>& points)
{
    std::string text =
        "gpu_layers,weights,prefetch,interval,trim,batch,frames,frame_ms,frame_ms_least,frame_ms_most,"
        "audio_seconds_a_second,load_ms,voice_ms,first_audio_ms,bytes_a_frame,link_bytes_per_second,"
        "link_floor_ms,transfers,trims,trims_skipped,trims_before_forward,trim_ms,trim_wait_ms,bytes_"
        "returned,"
        "peak_bytes,planned_peak_bytes\n";
    for (const auto& p : points)
    {
        const auto& s = p.config.settings;
        text += fmt::format (
            "{},{},{},{},{},{},{},{:.4f},{:.4f},{:.4f},{:.4f},{:.1f},{:.2f},{:.2f},{},{:.0f},"
            "{:.4f},{},{},{},{},{:.3f},{:.3f},{},{},{}\n",
            p.config.gpuLayers, nameOf (s.weights), s.prefetch, s.cacheTrimInterval,
            s.trim == TrimPolicy::Always ? "always" : "useful", p.batch, p.frames, p.frameMs.median,
            p.frameMs.least, p.frameMs.most, p.audioSecondsASecond, p.loadMs, p.voiceMs, p.firstAudioMs,
            p.bytesAFrame, p.linkBytesPerSecond, linkFloorMs (p), p.device.transfers, p.device.trims,
            p.device.trimsSkipped, p.device.trimsBeforeForward, p.device.trimMs, p.device.trimWaitMs,
            p.device.trimBytes, p.device.peakBytes, p.plannedPeakBytes);
    }
    return text;
}

std::string sweepSvg (const std::vector<SweepPoint>& points)
{
    constexpr double width = 720, height = 420, left = 60, right = 180, top = 20, bottom = 50;
    constexpr const char* colours[] = { "#1b6ca8", "#c2552d", "#3a7d44", "#7b4b94", "#8a6d1f", "#444444" };
    double highest = 0, mostLayers = 1;
    std::map<std::string, std::vector<const SweepPoint*>> lines;
    for (const auto& point : points)
    {
        highest = std::max ({ highest, point.frameMs.median, linkFloorMs (point) });
        mostLayers = std::max (mostLayers, (double) point.config.layers);
        lines[lineName (point)].push_back (&point);
    }
    const auto x = [&] (double layers) { return left + layers / mostLayers * (width - left - right); };
    const auto y = [&] (double ms) { return height - bottom - ms / highest * (height - top - bottom); };

    auto svg =
        fmt::format ("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" font-family=\""
                     "sans-serif\" font-size=\"12\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
                     width, height);
    for (int tick = 0; tick <= 4; ++tick)
        svg += fmt::format ("<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#ddd\"/>"
                            "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:.0f}</text>\n",
                            left, width - right, y (highest * tick / 4), left - 6, y (highest * tick / 4) + 4,
                            highest * tick / 4);
    svg += fmt::format ("<text x=\"{}\" y=\"{}\">layers on the GPU (of {:.0f})</text>"
                        "<text x=\"14\" y=\"{}\" transform=\"rotate(-90 14 {})\">ms a frame</text>\n",
                        left, height - 12, mostLayers, height / 2, height / 2);
    std::set<std::int64_t> layers;
    for (const auto& point : points)
        layers.insert (point.config.gpuLayers);
    for (const auto count : layers)
        svg += fmt::format ("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                            x ((double) count), height - 32, count);
    std::size_t index = 0;
    for (auto& [name, line] : lines)
    {
        std::ranges::sort (line, {}, [] (const auto* p) { return p->config.gpuLayers; });
        const auto isCrowded = [&, &line = line] (const auto* p) { // too close to the next point's label
            constexpr double room = 30;
            const auto at = std::ranges::find (line, p);
            return at + 1 != line.end() &&
                   x ((double) (at[1]->config.gpuLayers - p->config.gpuLayers)) - left < room;
        };
        const auto* colour = colours[index % std::size (colours)];
        std::string path, dots;
        for (const auto* p : line)
        {
            const auto px = x ((double) p->config.gpuLayers), py = y (p->frameMs.median);
            path += fmt::format ("{}{:.1f},{:.1f}", path.empty() ? "" : " ", px, py);
            dots += fmt::format (
                "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>"
                "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"10\" text-anchor=\"{}\">{:.1f}</text>\n",
                px, py, colour, px + 4, py - 5, isCrowded (p) ? "end" : "start", p->frameMs.median);
        }
        svg +=
            fmt::format ("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n{}"
                         "<text x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n",
                         path, colour, dots, width - right + 10, top + 16 * (double) ++index, colour, name);
    }
    return svg + "</svg>\n";
}
} // namespace tableread::engine
