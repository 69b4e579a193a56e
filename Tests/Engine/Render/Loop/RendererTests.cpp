// SPDX-License-Identifier: Apache-2.0
#include "Render/Renderer.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <vector>

#include "Core/Error.h"
#include "Kernels/Gpu/Devices.h"
#include "Kernels/Parallel.h"
#include "Render/Loop/CpuFallback.h"
#include "Render/RenderAll.h"
#include "Support/Failure.h"
#include "Support/Mini.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
using Samples = std::vector<float>;

const auto bytesRead = std::make_shared<std::atomic<std::int64_t>> (0);

Renderer& renderer()
{
    static const auto loaded = Renderer::load ({ .model = mini, .threads = 2, .bytesRead = bytesRead });
    return *loaded;
}

PassageEvents into (Samples& out)
{
    return { .onFrame = [&out] (auto frame) { out.insert (out.end(), frame.begin(), frame.end()); } };
}

PassageJob job (const std::string& text, Samples& out, std::uint64_t seed = 1)
{
    static const auto voice = encodeVoice (renderer(), hum());
    return { { { { 0, text } }, { voice } }, { .seed = seed, .maxSeconds = 1.2 }, into (out) };
}

Samples speak (const std::string& text, std::uint64_t seed = 1)
{
    Samples out;
    render (renderer(), job (text, out, seed));
    return out;
}

bool sameBits (const Samples& a, const Samples& b)
{
    return a.size() == b.size() && ! a.empty() &&
           std::memcmp (a.data(), b.data(), a.size() * sizeof (float)) == 0;
}

} // namespace

TEST_CASE ("A loading counts what it has read of the weights", "[engine][render]")
{
    renderer();
    double bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator (mini))
        bytes += entry.path().extension() == ".safetensors" ? static_cast<double> (entry.file_size()) : 0;
    CHECK (static_cast<double> (*bytesRead) > 0.9 * bytes);
    CHECK (static_cast<double> (*bytesRead) < 1.1 * bytes);
}

TEST_CASE ("The same seed gives the same samples, another seed others", "[engine][render][determinism]")
{
    const auto first = speak (line);
    CHECK (sameBits (speak (line), first));
    CHECK_FALSE (sameBits (speak (line, 2), first));
}

TEST_CASE ("A model speaks with the guidance scale of its generation_config.json", "[engine][render]")
{
    const test::TemporaryFolder folder;
    for (const auto& entry : std::filesystem::directory_iterator (mini))
        if (entry.path().filename() != "generation_config.json")
            std::filesystem::create_symlink (entry.path(), folder.path() / entry.path().filename());
    std::ofstream (folder.path() / "generation_config.json") << R"({"guidance_scale": 3})";
    const auto guided = Renderer::load ({ .model = folder.path(), .threads = 2 });
    CHECK (guided->info().guidanceScale == 3.0f);
    const auto speakWith = [&] (Renderer& speaker, std::optional<float> guidance) {
        Samples out;
        render (speaker, { { { { 0, line } }, { encodeVoice (speaker, hum()) } },
                           { .seed = 1, .guidanceScale = guidance, .maxSeconds = 0.8 },
                           into (out) });
        return out;
    };
    CHECK (sameBits (speakWith (*guided, {}), speakWith (renderer(), 3.0f)));
    CHECK (sameBits (speakWith (*guided, 1.3f), speakWith (renderer(), 1.3f)));
    CHECK_FALSE (sameBits (speakWith (*guided, 1.3f), speakWith (*guided, {})));
}

TEST_CASE ("The positions that passages in flight keep are told, but not those of parked ones",
           "[engine][render]")
{
    Samples out;
    CHECK (renderer().cachedPositions() == 0);
    const auto id = renderer().start (job (line, out));
    while (out.empty())
        REQUIRE (renderer().step());
    const auto first = renderer().cachedPositions();
    CHECK (first > 0);
    renderer().step();
    const auto second = renderer().cachedPositions();
    CHECK (second > first);
    renderer().park (id);
    CHECK (renderer().cachedPositions() == 0);
    renderer().resume (id);
    CHECK (renderer().cachedPositions() == second);
    renderer().cancel (id);
    CHECK (renderer().cachedPositions() == 0);
}

TEST_CASE ("A model's file that shrinks is an error in words, for every passage after it",
           "[engine][render][mapped]")
{
    const test::TemporaryFolder folder;
    std::filesystem::copy (mini, folder.path() / "model");
    const auto file = folder.path() / "model/model-00002-of-00002.safetensors";
    REQUIRE (std::filesystem::exists (file));
    const auto speaker = Renderer::load ({ .model = folder.path() / "model", .threads = 2 });
    const VoicedPassage passage { { { 0, line } }, { encodeVoice (*speaker, hum()) } };
    const auto frames = [&] {
        std::size_t count = 0;
        render (*speaker,
                { passage, { .seed = 1, .maxSeconds = 0.8 }, { .onFrame = [&] (auto) { ++count; } } });
        return count;
    };
    CHECK (frames() == 6);
    std::filesystem::resize_file (file, 4096);
    for (int again = 0; again < 2; ++again)
    {
        const auto error = test::failureOf (frames);
        CHECK (error.code == ErrorCode::Io);
        CHECK (error.where == file.string());
    }
    CHECK (test::failureOf ([&] { Renderer::load ({ .model = folder.path() / "model" }); }).code ==
           ErrorCode::InvalidInput);
}

TEST_CASE ("A render is the same after another one was cancelled halfway", "[engine][render][determinism]")
{
    const auto wanted = speak (line);
    Samples partial;
    const auto report = render (renderer(), job ("This one is cut off early.", partial),
                                [&] { return partial.size() >= 2UL * 3200; });
    CHECK (report.finish == FinishReason::Cancelled);
    CHECK (report.frames == 2);
    CHECK (partial.size() == 2UL * 3200);
    CHECK (sameBits (speak (line), wanted));
}

TEST_CASE ("A render is the same after one whose listener threw", "[engine][render][determinism]")
{
    const auto wanted = speak (line);
    Samples unused;
    auto broken = job (line, unused);
    broken.events.onFrame = [] (auto) { throw std::runtime_error ("the listener is gone"); };
    CHECK_THROWS_WITH (render (renderer(), broken), "the listener is gone");
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
    const auto reports = renderAll (renderer(), { shorter, job (line, b), other });
    CHECK (sameBits (b, alone));
    CHECK (reports[0].frames == 3);
    CHECK (reports[0].finish == FinishReason::MaxSeconds);
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
    const auto report = render (renderer(), one);
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
    CHECK_THROWS_WITH (render (renderer(), one), Catch::Contains ("diffusion steps is 0"));
    one = job (line, out);
    one.passage.lines[0].text = std::string (5000, 'a');
    CHECK_THROWS_WITH (render (renderer(), one), Catch::Contains ("Split the passage"));
    CHECK_THROWS_WITH (encodeVoice (renderer(), { "Nobody", {} }),
                       Catch::Contains ("voice \"Nobody\" has no samples"));
    CHECK (out.empty());
}

TEST_CASE ("A user who asks for auto and gets the CPU is told why, once", "[engine][render][device]")
{
    const bool hasGpu = deviceFor (DeviceKind::Auto).is_cuda();
    CHECK (noteOnDevice (DeviceKind::Auto).empty() == (hasGpu || ! hasNvidiaGpu()));
    CHECK (noteOnDevice (DeviceKind::Cpu).empty());
    if (hasGpu)
        return;
    CHECK_THROWS_AS (deviceFor (DeviceKind::Cuda), Exception);
    const auto loaded = Renderer::load ({ .model = mini, .threads = 2, .device = DeviceKind::Auto });
    const auto& notes = loaded->info().notes;
    CHECK (std::ranges::count_if (notes, [] (const auto& note) {
               return note.find ("the GPU cannot be used") != note.npos;
           }) == (hasNvidiaGpu() ? 1 : 0));
    CHECK (loaded->info().device == "the CPU");
}

TEST_CASE ("A GPU is one of NVIDIA's display controllers", "[engine][render][device]")
{
    const test::TemporaryFolder folder;
    const auto plugIn = [&folder] (const std::string& slot, const char* vendor, const char* kind) {
        std::filesystem::create_directory (folder.path() / slot);
        std::ofstream (folder.path() / slot / "vendor") << vendor << '\n';
        std::ofstream (folder.path() / slot / "class") << kind << '\n';
    };
    CHECK_FALSE (hasNvidiaGpu (folder.path() / "nowhere"));
    plugIn ("0000:00:00.0", "0x8086", "0x030000");
    plugIn ("0000:00:01.0", "0x10de", "0x040300"); // NVIDIA's, for sound
    CHECK_FALSE (hasNvidiaGpu (folder.path()));
    plugIn ("0000:00:02.0", "0x10de", "0x030200");
    CHECK (hasNvidiaGpu (folder.path()));
}

TEST_CASE ("The CPU stands in for a GPU that is too small or busy, if nobody insists on it",
           "[engine][render][device]")
{
    const at::Device gpu (at::kCUDA, 0);
    const auto make = [] (at::Device on, const std::string& note) {
        if (on.is_cuda())
            fail (ErrorCode::OutOfMemory, "it has 2 GiB.");
        return on.str() + ": " + note;
    };
    CHECK (makeOrOnCpu (DeviceKind::Auto, gpu, make) ==
           "cpu: The CPU computes, because the GPU cannot be used: it has 2 GiB.");
    CHECK_THROWS_WITH (makeOrOnCpu (DeviceKind::Cuda, gpu, make), "it has 2 GiB.");
    CHECK (makeOrOnCpu (DeviceKind::Auto, at::Device (at::kCPU), make) == "cpu: ");
    const auto busy = [] (at::Device on, const std::string& note) {
        TORCH_CHECK (! on.is_cuda(),
                     "CUDA error: CUDA-capable device(s) is/are busy or unavailable\nCompile");
        return note;
    };
    CHECK (makeOrOnCpu (DeviceKind::Auto, gpu, busy) == "The CPU computes, because the GPU cannot be used: "
                                                        "the GPU failed: CUDA-capable device(s) is/are busy "
                                                        "or unavailable. Try again, or use --device cpu.");
    const auto broken = [] (at::Device, const std::string&) -> int {
        fail (ErrorCode::InvalidInput, "not a checkpoint");
    };
    CHECK_THROWS_WITH (makeOrOnCpu (DeviceKind::Auto, gpu, broken), "not a checkpoint");
}
