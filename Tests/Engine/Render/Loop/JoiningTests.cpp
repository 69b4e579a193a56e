// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <thread>
#include <vector>

#include "Device/ModelledDevice.h"
#include "Render/Loop/FrameLoop.h"
#include "Render/RenderAll.h"
#include "Render/Seats.h"
#include "Server/Jobs/RenderWorker.h"
#include "Support/Mini.h"

using namespace tableread::engine;
using namespace tableread::test;

// Passages that join while others speak: with the real network.
namespace
{
using Samples = std::vector<float>;

constexpr SpecialTokens randomTokens { 300, 301, 302, 303 };

/** A modelled device with real memory behind its addresses, which a CPU can compute with. */
class HostDevice : public ModelledDevice
{
public:
    HostDevice() : ModelledDevice (1e6) {}
    std::byte* allocatePinned (std::size_t bytes) override { return make (bytes); }
    void freePinned (std::byte* block) override { blocks.erase (block); }
    std::byte* allocate (std::size_t bytes) override { return make (bytes); }
    void free (std::byte* block) override { blocks.erase (block); }
    void copy (std::byte* to, const std::byte* from, std::size_t bytes) override
    {
        std::memcpy (to, from, bytes);
        ++copies;
    }

    std::int64_t copies = 0;

private:
    struct alignas (64) Line
    {
        std::byte bytes[64];
    };

    std::byte* make (std::size_t bytes)
    {
        auto block = std::make_unique<Line[]> ((bytes + 63) / 64);
        auto* address = block[0].bytes;
        blocks.emplace (address, std::move (block));
        return address;
    }

    std::map<std::byte*, std::unique_ptr<Line[]>> blocks;
};

SequenceInput input (std::uint64_t seed, std::int64_t prompt, std::int64_t frames, Samples& out)
{
    SequenceInput made;
    for (std::int64_t i = 0; i < prompt; ++i)
        made.ids.push_back ((i * 37 + (std::int64_t) seed) % 250);
    made.ids.push_back (randomTokens.speechStart);
    made.settings.seed = seed;
    made.exactFrames = frames;
    made.tokenLimit = frames + 1;
    made.noise = std::make_shared<PhiloxNoise> (seed);
    made.events.onFrame = [&out] (auto frame) { out.insert (out.end(), frame.begin(), frame.end()); };
    return made;
}

PassageJob job (const std::string& text, std::shared_ptr<EncodedVoice> voice, Samples& out, int frames)
{
    PassageJob made { { { { 0, text } }, { std::move (voice) } }, { .seed = 5 } };
    made.events.onFrame = [&out] (auto frame) { out.insert (out.end(), frame.begin(), frame.end()); };
    made.exactFrames = frames;
    return made;
}

std::string longText()
{
    std::string text;
    for (int i = 0; i < 40; ++i)
        text += "The tea is warm and the chairs are cold. ";
    return text;
}
} // namespace

TEST_CASE ("A prompt rides in the steps of those that speak: no layer is copied more often",
           "[engine][render][offload]")
{
    const c10::InferenceMode noGradients;
    constexpr std::int64_t gpuLayers = 3;
    HostDevice device;
    OffloadRequest request;
    request.gpuLayers = gpuLayers;
    VibeVoice model (Checkpoint::random (mini), { .offload = request, .layersThrough = &device });
    FrameLoop loop (model, randomTokens);
    const auto offloaded = model.config().languageModel.layers - gpuLayers;
    Samples first, second, alone;
    loop.join (input (1, 20, 400, first));
    loop.prepareAll();
    for (int i = 0; i < 3; ++i)
        loop.step();
    const auto transfers = [&] { return model.streamed->layerStreamer().counters().transfers; };
    const auto joining = loop.join (input (2, 900, 5, second));
    auto before = transfers();
    int steps = 0;
    for (; ! joining->isPrepared(); ++steps)
    {
        loop.step();
        CHECK (transfers() - before == offloaded); // a trip for both
        before = transfers();
    }
    CHECK (steps > 1);
    while (! joining->finished)
        loop.step();

    VibeVoice resident (Checkpoint::random (mini), {});
    FrameLoop other (resident, randomTokens);
    other.join (input (2, 900, 5, alone));
    while (other.step())
    {}
    CHECK (second == alone);
    CHECK (device.copies > 0);
}

TEST_CASE ("If nobody speaks an offloading model takes long pieces, since each costs a trip",
           "[engine][render][offload]")
{
    const c10::InferenceMode noGradients;
    HostDevice device;
    VibeVoice model (Checkpoint::random (mini), { .layersThrough = &device });
    FrameLoop loop (model, randomTokens);
    Samples out;
    const auto sequence = loop.join (input (2, 1100, 1, out)); // and the start: 1101 rows
    const auto offloaded = model.config().languageModel.layers;
    const auto transfers = [&] { return model.streamed->layerStreamer().counters().transfers; };
    const auto before = transfers();
    while (! sequence->isPrepared())
        loop.step();
    CHECK (transfers() - before == 3 * offloaded);
}

TEST_CASE ("Voices and prompts in pieces between the frames of others change no bit of anybody",
           "[engine][render][determinism]")
{
    const auto renderer = Renderer::load ({ .model = mini, .threads = 2 });
    const auto voice = encodeVoice (*renderer, hum (2));
    Samples speaker, speakerAlone, joiner, joinerAlone;
    render (*renderer, job (line, voice, speakerAlone, 60));
    auto whole = job (longText(), encodeVoice (*renderer, hum (30)), joinerAlone, 4);
    renderAll (*renderer, { std::move (whole) }, { .preparesFirst = true });

    renderer->start (job (line, voice, speaker, 60));
    while (speaker.empty())
        renderer->step();
    const auto unencoded = renderer->makeVoice (std::make_shared<const VoiceAudio> (hum (30)));
    renderer->start (job (longText(), unencoded, joiner, 4));
    std::map<PassageState::Phase, int> steps;
    while (renderer->step())
        for (const auto& state : renderer->inFlight())
            if (state.id > 3)
                ++steps[state.phase];
    // Too long for one step on any machine.
    CHECK (steps[PassageState::Phase::Voices] >= 1);
    CHECK (steps[PassageState::Phase::Prompt] >= 1);
    CHECK (speaker == speakerAlone);
    CHECK (joiner == joinerAlone);
}

TEST_CASE ("A passage that is parked among others goes on with its bits", "[engine][render][determinism]")
{
    const auto renderer = Renderer::load ({ .model = mini, .threads = 2 });
    const auto voice = encodeVoice (*renderer, hum (2));
    Samples alone, parked, other;
    render (*renderer, job (line, voice, alone, 12));
    const auto id = renderer->start (job (line, voice, parked, 12));
    renderer->start (job ("It was on when I came.", voice, other, 20));
    while (parked.size() < 4UL * 3200)
        renderer->step();
    renderer->park (id);
    renderer->park (id);
    for (int i = 0; i < 4; ++i)
        renderer->step();
    CHECK (parked.size() == 4UL * 3200);
    CHECK (renderer->inFlight().front().isParked);
    renderer->resume (id);
    while (renderer->step())
    {}
    CHECK (parked == alone);
    renderer->resume (id); // has ended: nothing happens
    renderer->cancel (id);
    CHECK (renderer->inFlight().empty());
}

TEST_CASE ("Models in fp32 and bf16 speak at once on one CPU, each as it does alone",
           "[engine][render][models]")
{
    RenderWorker worker (
        { [] { return Renderer::load ({ .model = mini, .threads = 2 }); },
          [] { return Renderer::load ({ .model = mini, .compute = ComputeType::BFloat16, .threads = 2 }); } },
        { .seats = [] (auto&) { return 4; } });
    worker.waitUntilLoaded();
    CHECK (worker.info (0)->fingerprint != worker.info (1)->fingerprint);
    const auto start = [&worker] (std::size_t model) {
        auto made = std::make_shared<SpeechJob>();
        made->model = model;
        made->lines.emplace_back().text = line;
        made->settings.maxSeconds = 1.2;
        REQUIRE (worker.submit (made));
        return made;
    };
    const auto samplesOf = [] (SpeechJob& spoken) {
        Samples samples;
        while (spoken.queue.take (samples) == PcmQueue::State::Open)
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
        return samples;
    };
    const auto wide = samplesOf (*start (0)), narrow = samplesOf (*start (1));
    CHECK (wide.size() == 9UL * 3200);
    CHECK (wide != narrow);
    const auto first = start (0), second = start (1);
    CHECK (samplesOf (*first) == wide);
    CHECK (samplesOf (*second) == narrow);
}

TEST_CASE ("A step beyond everybody's need says so, and seats are measured on a real CPU",
           "[engine][render][seats]")
{
    const auto renderer = Renderer::load ({ .model = mini, .threads = 2 });
    CHECK (! renderer->step());
    const int seats = measureSeats (*renderer);
    CHECK (seats >= 1);
    CHECK (seats <= 16);
    CHECK (renderer->inFlight().empty());
}

TEST_CASE ("Passages that nobody hears are prepared in larger pieces, also while others speak",
           "[engine][render]")
{
    const auto stepsFor = [] (bool isHeard) {
        const c10::InferenceMode noGradients;
        VibeVoice model (Checkpoint::open (TABLEREAD_GOLDENS "/a-plain"), {});
        FrameLoop loop (model, { 156, 157, 158, 147 });
        Samples samples;
        const auto join = [&] (std::int64_t prompt, std::int64_t frames) {
            auto made = input (1, prompt, frames, samples);
            for (auto& id : made.ids)
                id %= 140;
            made.isHeard = isHeard;
            return loop.join (std::move (made));
        };
        const auto speaking = join (4, 400);
        while (speaking->report.frames < 3)
            loop.step();
        std::vector<std::shared_ptr<Sequence>> others (16);
        for (auto& other : others)
            other = join (480, 1);
        int steps = 0;
        for (; ! std::ranges::all_of (others, &Sequence::isPrepared); ++steps)
            loop.step();
        return steps;
    };
    CHECK (stepsFor (false) * 2 < stepsFor (true));
}
