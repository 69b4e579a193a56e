// SPDX-License-Identifier: Apache-2.0
#include "Command/Report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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
        case FinishReason::Length:
            return "length";
        case FinishReason::Cancelled:
            return "cancelled";
        case FinishReason::Stop:
            break;
    }
    return "stop";
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
    return { { "script", report.script },
             { "output", report.output },
             { "model", report.model.name },
             { "fingerprint", report.model.fingerprint },
             { "sample_rate", report.model.sampleRateHz },
             { "frame_samples", report.model.frameSamples },
             { "seed", report.settings.seed },
             { "cfg_scale", decimal (report.settings.guidanceScale) },
             { "steps", report.settings.steps },
             { "dtype", report.dtype },
             { "rng", report.settings.noise == NoiseKind::Torch ? "torch" : "philox" },
             { "finish", report.interrupted ? "cancelled" : "stop" },
             { "load_ms", report.loadMs },
             { "voices_ms", report.voicesMs },
             { "render_ms", report.renderMs },
             { "seconds", report.outputSeconds() },
             { "speech_seconds", report.speechSeconds() },
             { "rtf", report.realTimeFactor() },
             { "notes", report.notes },
             { "passages", passages } };
}

std::string lengthWarning (const PassageReport& passage, const ModelInfo& model)
{
    if (passage.render.finish != FinishReason::Length)
        return {};
    return fmt::format (
        "{}: the limit on length was reached after {:.1f} s of speech, so its end may be missing. Split it "
        "into shorter lines, raise --max-seconds if you gave it, or try another --seed.",
        passage.title, seconds (passage.samples, model));
}

std::string summary (const ScriptReport& report)
{
    const auto what = report.interrupted ? "Stopped; kept" : "Wrote";
    const auto where = report.output.empty() ? std::string ("to standard output") : report.output;
    return fmt::format (
        "{} {}: {:.1f} s, of it {:.1f} s of speech, rendered in {:.1f} s: real-time factor {:.2f}.", what,
        where, report.outputSeconds(), report.speechSeconds(), report.renderMs / 1000.0,
        report.realTimeFactor());
}
} // namespace tableread::engine
