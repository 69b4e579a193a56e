// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/Report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tableread::engine
{
namespace
{
using What = ProfileSums::What;

std::string_view nameOf (What what)
{
    switch (what)
    {
        case What::Compute:
            return "compute";
        case What::ExposedWait:
            return "exposed wait";
        case What::Trims:
            return "trims";
        case What::Launch:
            return "launch";
    }
    return "unknown";
}

std::string label (const ProfileSums::Row& row, bool onGpu)
{
    switch (row.what)
    {
        case What::Compute:
            return fmt::format ("compute: {}", nameOf (row.part));
        case What::ExposedWait:
            return "exposed wait for copies";
        case What::Trims:
            return "trims";
        case What::Launch:
            return onGpu ? "launch: the GPU has nothing to do" : "between the parts";
    }
    return "unknown";
}

std::string line (const std::string& label, const Spread& ms, double share)
{
    return fmt::format ("{:<56}{:>28}{:>8.1f} %\n", label, describe (ms, "", 2), 100.0 * share);
}

std::string layersOf (const ModelInfo& model)
{
    if (! model.offload || ! model.offload->offloads())
        return fmt::format ("{} layers, all resident", model.layers);
    return fmt::format ("{} layers, {} of them offloaded", model.layers,
                        model.offload->layers - model.offload->gpuLayers);
}

std::string describeHost (const ProfileSums& sums)
{
    auto text = fmt::format ("\n{:<48}{:>28}{:>28}\n", "the host, ms a frame", "issues", "waits for the GPU");
    for (const auto& part : sums.host)
        text += fmt::format ("{:<48}{:>28}{:>28}\n", nameOf (part.part), describe (part.issueMs, "", 2),
                             describe (part.waitMs, "", 2));
    return text;
}
} // namespace

std::string describe (const ProfileReport& report)
{
    const auto& sums = report.sums;
    auto text = fmt::format ("machine   {}\n", report.machine);
    text += fmt::format ("program   {} ({}), {}\n", TABLEREAD_VERSION, report.commit, report.dtype);
    text += fmt::format ("model     {}: {}\n", report.model.name, layersOf (report.model));
    text +=
        fmt::format ("frames    {} after {} that settle; {} {} at once\n", sums.frames, report.settlingFrames,
                     report.passages, report.passages == 1 ? "passage" : "passages");

    text += fmt::format ("\n{:<56}{:>28}{:>10}\n", "where a frame's time goes", "ms: median (least to most)",
                         "share");
    double all = 0;
    for (const auto& row : sums.rows)
    {
        text += line (label (row, sums.onGpu), row.ms, row.share);
        all += row.share;
    }
    text += line ("a frame", sums.frameMs, all);

    const auto& copies = sums.copies;
    if (copies.layers > 0)
        text += fmt::format ("\nconcurrent copies: {} ms a frame, {:.1f} % of it; {:.0f} layers, {:.3f} GB, "
                             "at {:.1f} GB/s\n",
                             describe (copies.ms, "", 2), 100.0 * copies.share, copies.layers,
                             copies.bytes / 1e9, copies.bytesPerSecond / 1e9);
    else
        text += "\nconcurrent copies: none\n";
    text += fmt::format ("trims: {} in {} frames\n", sums.trims, sums.frames);
    return sums.onGpu ? text + describeHost (sums) : text;
}

nlohmann::json toJson (const ProfileReport& report)
{
    const auto& sums = report.sums;
    nlohmann::json rows = nlohmann::json::array(), host = nlohmann::json::array();
    for (const auto& row : sums.rows)
    {
        nlohmann::json json { { "what", nameOf (row.what) },
                              { "ms_per_frame", toJson (row.ms) },
                              { "share", row.share } };
        if (row.part != FramePart::None)
            json["part"] = nameOf (row.part);
        rows.push_back (std::move (json));
    }
    for (const auto& part : sums.host)
        host.push_back ({ { "part", nameOf (part.part) },
                          { "issue_ms", toJson (part.issueMs) },
                          { "wait_ms", toJson (part.waitMs) } });
    const auto& offload = report.model.offload;
    return { { "machine", report.machine },
             { "version", TABLEREAD_VERSION },
             { "commit", report.commit },
             { "model", report.model.name },
             { "fingerprint", report.model.fingerprint },
             { "device", report.model.device },
             { "dtype", report.dtype },
             { "layers", report.model.layers },
             { "gpu_layers", offload ? offload->gpuLayers : 0 },
             { "passages", report.passages },
             { "settling_frames", report.settlingFrames },
             { "frames", sums.frames },
             { "on_gpu", sums.onGpu },
             { "frame_ms", toJson (sums.frameMs) },
             { "rows", rows },
             { "copies",
               { { "ms_per_frame", toJson (sums.copies.ms) },
                 { "share", sums.copies.share },
                 { "layers_per_frame", sums.copies.layers },
                 { "bytes_per_frame", sums.copies.bytes },
                 { "bytes_per_second", sums.copies.bytesPerSecond } } },
             { "trims", sums.trims },
             { "host", host } };
}
} // namespace tableread::engine
