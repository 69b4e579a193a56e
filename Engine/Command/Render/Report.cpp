// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/Report.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "EngineLink/Protocol.h"
#include "Measure/Json.h"

namespace tableread::engine
{
namespace
{
double seconds (std::int64_t samples, const ModelInfo& model)
{
    return static_cast<double> (samples) / static_cast<double> (model.sampleRateHz);
}
} // namespace

const char* nameOf (FinishReason finish)
{
    switch (finish)
    {
        case FinishReason::MaxSeconds:
            return "max_seconds";
        case FinishReason::Length:
            return "length";
        case FinishReason::Cancelled:
            return "cancelled";
        case FinishReason::Stop:
            break;
    }
    return "stop";
}

nlohmann::json toJson (const Error& error)
{
    return { { "code", protocol::nameOf (error.code) }, { "message", error.text() } };
}

nlohmann::json toJson (const PartTimes& times)
{
    return { { "prefill", times.prefill },
             { "language_model", times.languageModel },
             { "diffusion_head", times.diffusionHead },
             { "decoder", times.decoder },
             { "semantic_encoder", times.semanticEncoder },
             { "other", times.other } };
}

bool ScriptReport::isCut() const
{
    return std::any_of (passages.begin(), passages.end(),
                        [] (const auto& passage) { return passage.render.finish == FinishReason::Length; });
}

FinishReason ScriptReport::finish() const
{
    auto worst = interrupted ? FinishReason::Cancelled : FinishReason::Stop;
    for (const auto& passage : passages)
        worst = std::max (worst, passage.render.finish); // they are in order
    return worst;
}

double ScriptReport::speechSeconds() const
{
    std::int64_t samples = 0;
    for (const auto& passage : passages)
        samples += passage.samples;
    return seconds (samples, model);
}

double ScriptReport::outputSeconds() const
{
    return passages.empty() ? 0.0 : seconds (passages.back().startSample + passages.back().samples, model);
}

double ScriptReport::realTimeFactor() const
{
    const double speech = speechSeconds();
    return speech > 0 ? renderMs / 1000.0 / speech : 0.0;
}

nlohmann::json toJson (const ScriptReport& report)
{
    nlohmann::json passages = nlohmann::json::array();
    for (const auto& passage : report.passages)
    {
        passages.push_back ({ { "title", passage.title },
                              { "scene", passage.scene },
                              { "lines", passage.lines },
                              { "speakers", passage.speakers },
                              { "start_sample", passage.startSample },
                              { "samples", passage.samples },
                              { "pause_samples", passage.pauseSamples },
                              { "seconds", seconds (passage.samples, report.model) },
                              { "frames", passage.render.frames },
                              { "finish", nameOf (passage.render.finish) },
                              { "prompt_tokens", passage.render.promptTokens },
                              { "tokens", passage.render.tokens },
                              { "first_frame_ms", passage.render.firstFrameMs },
                              { "total_ms", passage.render.totalMs },
                              { "times_ms", toJson (passage.render.times) } });
        if (! passage.file.empty())
            passages.back()["file"] = passage.file;
    }
    nlohmann::json json { { "script", report.script },
                          { "output", report.output },
                          { "partial", report.isPartial },
                          { "exit_code", report.exitCode },
                          { "model", report.model.name },
                          { "fingerprint", report.model.fingerprint },
                          { "device", report.model.device },
                          { "sample_rate", report.model.sampleRateHz },
                          { "frame_samples", report.model.frameSamples },
                          { "seed", report.settings.seed },
                          { "cfg_scale",
                            decimal (report.settings.guidanceScale.value_or (report.model.guidanceScale)) },
                          { "steps", report.settings.steps },
                          { "dtype", report.dtype },
                          { "rng", report.settings.noise == NoiseKind::Torch ? "torch" : "philox" },
                          { "finish", nameOf (report.finish()) },
                          { "load_ms", report.loadMs },
                          { "voices_ms", report.voicesMs },
                          { "render_ms", report.renderMs },
                          { "seconds", report.outputSeconds() },
                          { "speech_seconds", report.speechSeconds() },
                          { "rtf", report.realTimeFactor() },
                          { "passages_at_once", report.seats },
                          { "comments", report.comments },
                          { "notes", report.notes },
                          { "passages", passages } };
    if (report.failure)
        json["error"] = toJson (*report.failure);
    return json;
}

std::string lengthWarning (const PassageReport& passage, const ModelInfo& model)
{
    if (passage.render.finish != FinishReason::Length)
        return {};
    return fmt::format (
        "{}: the length limit was reached after {:.1f} s of speech, so its end may be missing. Split it "
        "into shorter lines, or try another --seed.",
        passage.title, seconds (passage.samples, model));
}

std::string summary (const ScriptReport& report)
{
    const auto what = report.interrupted ? "Stopped; kept" : report.isPartial ? "Kept" : "Wrote";
    const auto where = report.output.empty() ? std::string ("to standard output") : report.output;
    auto text = fmt::format (
        "{} {}: {:.1f} s, {:.1f} s of it speech, rendered in {:.1f} s on {}: real-time factor {:.2f}.", what,
        where, report.outputSeconds(), report.speechSeconds(), report.renderMs / 1000.0, report.model.device,
        report.realTimeFactor());
    if (report.comments > 0)
        text += report.comments == 1 ? " 1 comment was left out."
                                     : fmt::format (" {} comments were left out.", report.comments);
    std::vector<std::string> cut;
    for (const auto& passage : report.passages)
        if (passage.render.finish == FinishReason::Length)
            cut.push_back (passage.title);
    if (! cut.empty())
        text += fmt::format (" Not complete: {}.", fmt::join (cut, "; "));
    return text;
}
} // namespace tableread::engine
