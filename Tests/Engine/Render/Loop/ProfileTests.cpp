// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <c10/core/InferenceMode.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <vector>

#include "Render/FramePart.h"
#include "Render/Loop/FrameLoop.h"
#include "Render/Measuring.h"
#include "Render/RenderAll.h"
#include "Support/Mini.h"

using namespace tableread::engine;

namespace
{
using Kind = ProfileSpan::Kind;

double sumOf (const std::vector<ProfileSpan>& spans, Kind kind, FramePart part, std::int64_t frame)
{
    double ms = 0;
    for (const auto& span : spans)
        if (span.kind == kind && partOf (span) == part && span.frame == frame)
            ms += span.ms();
    return ms;
}

std::map<std::int64_t, ProfileSpan> stepsOf (const std::vector<ProfileSpan>& spans)
{
    std::map<std::int64_t, ProfileSpan> steps;
    for (const auto& span : spans)
        if (span.kind == Kind::Step)
            steps[span.frame] = span;
    return steps;
}

/** What a model says in three frames, and what was recorded meanwhile. */
std::pair<std::vector<float>, std::vector<ProfileSpan>> speak (const LoadOptions& options)
{
    const auto renderer = Renderer::load (options);
    const auto voice = encodeVoice (*renderer, hum());
    renderer->measuring().takeProfile();
    std::vector<float> samples;
    PassageJob job { { { { 0, "Who left the light on?" } }, { voice } }, { .seed = 1 } };
    job.events.onFrame = [&samples] (auto frame) {
        samples.insert (samples.end(), frame.begin(), frame.end());
    };
    job.exactFrames = 6;
    renderAll (*renderer, { std::move (job) }, { .preparesFirst = true });
    return { std::move (samples), renderer->measuring().takeProfile() };
}

LoadOptions miniWith (Profiling profiling)
{
    LoadOptions options;
    options.model = mini;
    options.threads = 2;
    options.profiling = profiling;
    return options;
}
} // namespace

TEST_CASE ("On a CPU a profile has each part of each frame, as the report adds them up",
           "[engine][render][profile]")
{
    const c10::InferenceMode noGradients;
    constexpr SpecialTokens tokens { 156, 157, 158, 147 };
    VibeVoice model (Checkpoint::open (TABLEREAD_GOLDENS "/a-plain"), { .profiling = Profiling::On });
    FrameLoop loop (model, tokens);
    SequenceInput input;
    input.ids = { 4, 8, 15, tokens.speechStart };
    input.noise = std::make_unique<PhiloxNoise> (1);
    input.exactFrames = 3;
    input.tokenLimit = 4;
    const auto sequence = loop.join (std::move (input));
    loop.prepareAll();
    model.profiler->prepared();
    for (bool goesOn = true; goesOn; model.profiler->frameMade())
    {
        const ProfileScope step (model.profiler.get(), { .kind = Kind::Step });
        goesOn = loop.step();
    }
    const auto spans = model.profiler->take();
    const auto& times = sequence->report.times;
    CHECK (sumOf (spans, Kind::Part, FramePart::Prompt, -1) >= times.prefill);

    const std::pair<FramePart, double> parts[] { { FramePart::LanguageModel, times.languageModel },
                                                 { FramePart::DiffusionHead, times.diffusionHead },
                                                 { FramePart::Decoder, times.decoder },
                                                 { FramePart::SemanticEncoder, times.semanticEncoder } };
    const auto steps = stepsOf (spans);
    REQUIRE (steps.size() == 4); // the last one ends the speech
    for (const auto& [part, reported] : parts)
    {
        double all = 0;
        for (std::int64_t frame = 0; frame < 3; ++frame)
        {
            all += sumOf (spans, Kind::Part, part, frame);
            CHECK (std::ranges::count_if (spans, [part = part, frame] (const auto& span) {
                       return span.kind == Kind::Part && partOf (span) == part && span.frame == frame;
                   }) == 1);
        }
        CHECK (all >= reported);
        CHECK (reported > 0);
    }
    double end = 0;
    for (const auto& span : spans)
        if (span.kind == Kind::Part && span.frame >= 0) // one after the other, each within its step
        {
            CHECK (span.beginMs >= end);
            CHECK (span.beginMs >= steps.at (span.frame).beginMs);
            CHECK (span.endMs <= steps.at (span.frame).endMs);
            end = span.endMs;
        }
    CHECK (std::ranges::none_of (
        spans, [] (const auto& span) { return trackOf (span.kind) != ProfileTrack::Host; }));
}

TEST_CASE ("On a CPU a profile has the attention and the products of each layer, within their part",
           "[engine][render][profile]")
{
    const auto spans = speak (miniWith (Profiling::On)).second;
    double begin = 0, end = 0;          // of the last part
    std::map<std::int64_t, int> layers; // attention and products of each, of all passes
    for (const auto& span : spans)
    {
        if (span.kind == Kind::Part)
            std::tie (begin, end) = std::pair (span.beginMs, span.endMs);
        if (span.kind != Kind::Attention && span.kind != Kind::Products)
            continue;
        CHECK (span.beginMs >= begin);
        CHECK (span.endMs <= end);
        CHECK (span.multiplyAdds > 0);
        CHECK (span.firstLayer == span.lastLayer);
        layers[span.firstLayer] += span.kind == Kind::Attention ? 100 : 1;
    }
    CHECK (layers.size() == 8);
    for (const auto& [layer, count] : layers)
        CHECK (count == 7 * 102); // the prompt and six frames: products before and after the attention
}

TEST_CASE ("A profile changes no bit, and without one nothing is recorded", "[engine][render][profile]")
{
    const auto [plain, nothing] = speak (miniWith (Profiling::Off));
    const auto [profiled, spans] = speak (miniWith (Profiling::On));
    CHECK (plain.size() == 6UL * 3200);
    CHECK (plain == profiled);
    CHECK (nothing.empty());
    CHECK (stepsOf (spans).size() == 7);
    CHECK (std::ranges::count_if (spans,
                                  [] (const auto& span) { return partOf (span) == FramePart::Prompt; }) == 1);
}

TEST_CASE ("On a GPU a profile changes no bit, and what the queues did lies within the frames",
           "[engine][render][profile][.gpu]")
{
    auto options = miniWith (Profiling::Off);
    options.device = DeviceKind::Cuda;
    options.compute = ComputeType::BFloat16;
    options.offload.mode = OffloadRequest::Mode::Layers;
    options.offload.gpuLayers = GENERATE (3, 8);
    options.offload.settings.trim = TrimPolicy::Always;
    options.offload.settings.cacheTrimInterval = 7;
    const auto plain = speak (options).first;
    options.profiling = Profiling::On;
    const auto [profiled, spans] = speak (options);
    CHECK (plain == profiled);

    constexpr double clocksAreOffMs = 0.1;
    const auto steps = stepsOf (spans);
    REQUIRE (steps.size() == 7);
    const bool offloads = options.offload.gpuLayers < 8;
    for (std::int64_t frame = 0; frame < 6; ++frame)
    {
        CAPTURE (frame);
        const auto& step = steps.at (frame);
        const auto model = sumOf (spans, Kind::Work, FramePart::LanguageModel, frame);
        const auto sound = sumOf (spans, Kind::Work, FramePart::Sound, frame);
        const auto wait = sumOf (spans, Kind::CopyWait, FramePart::None, frame);
        CHECK (model > 0);
        CHECK (sound > 0);
        CHECK (model + sound + wait <= step.ms() + clocksAreOffMs);
        std::int64_t copies = 0;
        for (const auto& span : spans)
        {
            if (span.frame != frame)
                continue;
            if (trackOf (span.kind) == ProfileTrack::Compute && partOf (span) != FramePart::Prompt)
                CHECK (span.beginMs >= step.beginMs - clocksAreOffMs);
            CHECK (span.endMs <= step.endMs + clocksAreOffMs);
            copies += span.kind == Kind::Copy && span.bytes > 0;
        }
        if (frame > 0)
            CHECK ((copies > 0) == offloads);
    }
    CHECK (std::ranges::any_of (spans, [] (const auto& span) { return span.kind == Kind::Trim; }) ==
           offloads);
}
