// SPDX-License-Identifier: Apache-2.0
#include "Render/Renderer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <vector>

#include "Core/Error.h"
#include "Kernels/Gpu/Devices.h"
#include "Kernels/Parallel.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
using Samples = std::vector<float>;

Renderer& renderer()
{
    static const auto loaded =
        Renderer::load ({ .model = std::string (TABLEREAD_ROOT) + "/Assets/models/mini", .threads = 2 });
    return *loaded;
}

/** Three seconds of a hum: no speaker, but a voice as good as any for what is checked here. */
VoiceAudio hum (float frequencyHz)
{
    VoiceAudio voice { "hum", Samples (72'000) };
    for (std::size_t i = 0; i < voice.samples.size(); ++i)
        voice.samples[i] = 0.08f * std::sin (6.2831853f * frequencyHz * (float) i / 24'000.0f);
    return voice;
}

Renderer::Job job (const std::string& text, Samples& out, std::uint64_t seed = 1)
{
    static const auto voice = renderer().encodeVoice (hum (120));
    RenderEvents events;
    events.onFrame = [&out] (auto frame) { out.insert (out.end(), frame.begin(), frame.end()); };
    return { { { { 0, text } }, { voice } }, { .seed = seed, .maxSeconds = 1.2 }, events };
}

Samples speak (const std::string& text, std::uint64_t seed = 1)
{
    Samples out;
    const auto one = job (text, out, seed);
    renderer().render (one.passage, one.settings, one.events);
    return out;
}

bool sameBits (const Samples& a, const Samples& b)
{
    return a.size() == b.size() && ! a.empty() &&
           std::memcmp (a.data(), b.data(), a.size() * sizeof (float)) == 0;
}

const std::string line = "Who left the light on?";
} // namespace

TEST_CASE ("The same seed gives the same samples, another seed others", "[engine][render][determinism]")
{
    const auto first = speak (line);
    CHECK (sameBits (speak (line), first));
    CHECK_FALSE (sameBits (speak (line, 2), first));
}

TEST_CASE ("A render is the same after another one was cancelled in its middle",
           "[engine][render][determinism]")
{
    const auto wanted = speak (line);
    Samples partial;
    auto cancelled = job ("This one is cut off early.", partial);
    cancelled.events.isCancelled = [&] { return partial.size() >= 2 * 3200; };
    const auto report = renderer().render (cancelled.passage, cancelled.settings, cancelled.events);
    CHECK (report.finish == FinishReason::Cancelled);
    CHECK (report.frames == 2);
    CHECK (partial.size() == 2 * 3200);
    CHECK (sameBits (speak (line), wanted));
}

TEST_CASE ("A render is the same after one whose listener threw", "[engine][render][determinism]")
{
    const auto wanted = speak (line);
    Samples unused;
    auto broken = job (line, unused);
    broken.events.onFrame = [] (auto) { throw std::runtime_error ("the listener is gone"); };
    CHECK_THROWS_WITH (renderer().render (broken.passage, broken.settings, broken.events),
                       "the listener is gone");
    CHECK (sameBits (speak (line), wanted));
}

TEST_CASE ("A passage sounds the same alone as in a batch", "[engine][render][determinism]")
{
    const auto alone = speak (line);
    Samples a, b, c;
    auto shorter = job ("Not me.", a, 3);
    shorter.settings.maxSeconds = 0.4;
    auto other = job ("It was on when I came.", c, 4);
    other.settings.steps = 5;
    other.settings.guidanceScale = 1.0f;
    const Renderer::Job jobs[] { shorter, job (line, b), other };
    const auto reports = renderer().renderBatch (jobs);
    CHECK (sameBits (b, alone));
    CHECK (reports[0].frames == 3);
    CHECK (reports[0].finish == FinishReason::Length);
}

TEST_CASE ("A passage sounds the same with one thread as with two", "[engine][render][determinism]")
{
    const auto two = speak (line);
    kernels::setThreads (1);
    CHECK (sameBits (speak (line), two));
    kernels::setThreads (2);
}

TEST_CASE ("The report says how long, how many, and where the time went", "[engine][render]")
{
    Samples out;
    auto one = job (line, out);
    one.settings.maxSeconds = 0;
    one.settings.maxLengthTimes = 0.02; // of some 260 tokens: 5
    const auto report = renderer().render (one.passage, one.settings, one.events);
    CHECK (report.finish == FinishReason::Length);
    CHECK (report.tokens.size() == (std::size_t) (0.02 * (double) report.promptTokens));
    CHECK (report.frames * 3200 == (std::int64_t) out.size());
    const auto& t = report.times;
    for (const auto part : { t.prefill, t.languageModel, t.diffusionHead, t.decoder, t.semanticEncoder })
        CHECK (part > 0);
    CHECK (report.firstFrameMs > t.prefill);
    CHECK (report.totalMs >= t.prefill + t.languageModel + t.diffusionHead + t.decoder + t.semanticEncoder);
}

TEST_CASE ("What cannot be spoken is refused in words", "[engine][render]")
{
    Samples out;
    auto one = job (line, out);
    one.settings.steps = 0;
    CHECK_THROWS_WITH (renderer().render (one.passage, one.settings, one.events),
                       Catch::Contains ("diffusion steps is 0"));
    one = job (line, out);
    one.passage.lines[0].text = std::string (5000, 'a');
    CHECK_THROWS_WITH (renderer().render (one.passage, one.settings, one.events),
                       Catch::Contains ("Split the passage"));
    CHECK_THROWS_WITH (renderer().encodeVoice ({ "Nobody", {} }),
                       Catch::Contains ("voice \"Nobody\" has no samples"));
    CHECK (out.empty());
}

TEST_CASE ("Who says auto and gets the CPU is told why, once", "[engine][render][device]")
{
    const bool hasGpu = deviceFor (DeviceKind::Auto).is_cuda();
    CHECK (noteOnDevice (DeviceKind::Auto).empty() == hasGpu);
    CHECK (noteOnDevice (DeviceKind::Cpu).empty());
    if (hasGpu)
        return;
    CHECK_THROWS_AS (deviceFor (DeviceKind::Cuda), Exception);
    const auto loaded = Renderer::load ({ .model = std::string (TABLEREAD_ROOT) + "/Assets/models/mini",
                                          .threads = 2,
                                          .device = DeviceKind::Auto });
    const auto& notes = loaded->info().notes;
    CHECK (std::ranges::count_if (
               notes, [] (const auto& note) { return note.find ("no GPU can be used") != note.npos; }) == 1);
}
