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
using Operation = PromptSums::Operation;

std::string describePrompt (const PromptSums& prompt)
{
    auto text = fmt::format ("\n{:<56}{:>28}{:>10}{:>26}\n", "where the prompt's time goes", "ms", "share",
                             "multiply-adds a second");
    const auto add = [&] (const char* what, double ms, const std::string& rate) {
        text += fmt::format ("{:<56}{:>28.2f}{:>8.1f} %{}\n", what, ms, 100.0 * ms / prompt.ms, rate);
    };
    const auto rate = [] (const Operation& operation) {
        return fmt::format ("{:>24.1f} G", operation.multiplyAddsPerSecond() / 1e9);
    };
    add ("compute: attention", prompt.attention.ms, rate (prompt.attention));
    add ("compute: matrix products", prompt.products.ms, rate (prompt.products));
    add ("between them", prompt.ms - prompt.attention.ms - prompt.products.ms, "");
    add ("the prompt", prompt.ms, "");
    return text + fmt::format ("attention reaches {:.2f} of the matrix products' multiply-adds a second\n",
                               prompt.attentionToProducts());
}

nlohmann::json toJson (const Operation& operation, double promptMs)
{
    return { { "ms", operation.ms },
             { "share", operation.ms / promptMs },
             { "multiply_adds", operation.multiplyAdds },
             { "multiply_adds_per_second", operation.multiplyAddsPerSecond() } };
}

nlohmann::json toJson (const PromptSums& prompt)
{
    nlohmann::json json { { "ms", prompt.ms } };
    if (! prompt.isDivided())
        return json;
    json["attention"] = toJson (prompt.attention, prompt.ms);
    json["matrix_products"] = toJson (prompt.products, prompt.ms);
    json["attention_to_products"] = prompt.attentionToProducts();
    return json;
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
    if (report.prompt.isDivided())
        text += describePrompt (report.prompt);
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
             { "prompt", toJson (report.prompt) },
             { "host", host } };
}
} // namespace tableread::engine
