// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "Core/Error.h"
#include "Render/Measuring.h"
#include "Render/Pacing.h"

namespace tableread::test
{
using namespace engine;

/** Time that passes only when somebody says so. */
struct VirtualClock
{
    std::atomic<double> ms { 0 };

    void pass (double more) { ms = ms + more; }
};

/** What a FakeRenderer does and has done. The test shares it, and may change it while the renderer works. */
struct FakeRendererControl
{
    std::atomic<int> frames { 5 };       // of each passage
    std::atomic<int> frameMs { 0 };      // time that a step takes
    std::atomic<int> failAtFrame { -1 }; // fails with `failure` instead of this frame
    std::atomic<FinishReason> finish { FinishReason::Stop };
    std::atomic<bool> failToLoad { false };
    std::atomic<int> loadMs { 0 };
    std::optional<OffloadConfig> offload;              // as ModelInfo reports it
    std::optional<MemoryTable> plannedMemory;          // likewise
    std::int64_t plannedPeakBytes = 0;                 // likewise
    std::vector<std::string> notes;                    // likewise
    std::atomic<float> guidanceScale { 1.3f };         // likewise, if the settings state none
    std::atomic<std::int64_t> maxPositions { 0 };      // likewise
    std::atomic<int> mostPassages { 16 };              // likewise
    std::string name = "fake";                         // likewise
    std::string fingerprint = "fake-tones-1";          // likewise
    DeviceReport device;                               // a CPU, if it has no name
    std::atomic<std::int64_t> cachedPositions { 0 };   // as the renderer reports them
    std::atomic<std::int64_t> deviceBytesEach { 0 };   // of the device's memory, that a renderer takes
    std::vector<ProfileSpan> profile;                  // what each render records
    std::function<void (int frame)> atFrame;           // called on the rendering thread, before each frame
    std::function<void()> beforeVoice;                 // and before a piece of a voice is encoded
    std::shared_ptr<std::vector<double>> heardSeconds; // of each voice that is encoded, if it is not null
    Error failure { ErrorCode::Internal, "the fake renderer was told to fail", {} };

    // Costs on a clock of the test's own: without one nothing takes time but frameMs.
    std::shared_ptr<VirtualClock> clock;
    double stepMs = 0, stepMsEach = 0;        // of a step, and more for each passage that speaks
    double promptRowMs = 0, voiceFrameMs = 0; // a prompt has a row for each character
    std::function<void()> afterStep;

    std::atomic<int> alive { 0 }; // renderers
    std::atomic<int> voicesAlive { 0 };
    std::atomic<int> framesRendered { 0 };
    std::atomic<int> voicesEncoded { 0 };
    std::atomic<int> passagesRendered { 0 };
    std::atomic<int> passagesHeard { 0 }; // of them, those that somebody listens to
    std::atomic<int> passagesCancelled { 0 };
    std::atomic<int> passagesParked { 0 };
    std::atomic<int> mostAtOnce { 0 };           // passages that spoke in one step
    std::atomic<std::int64_t> exactFrames { 0 }; // as requested for the last passage
};

/** A voice as the fake hears it: its name and its first samples. */
class FakeVoice : public EncodedVoice
{
public:
    static constexpr std::int64_t frameSamples = 3200;

    FakeVoice (std::shared_ptr<const VoiceAudio> wanted, std::shared_ptr<FakeRendererControl> shared)
        : heard (wanted->name)
        , audio (std::move (wanted))
        , seconds (static_cast<double> (audio->samples.size()) / 24'000.0)
        , left ((static_cast<std::int64_t> (audio->samples.size()) + frameSamples - 1) / frameSamples)
        , control (std::move (shared))
    {
        const auto& voice = *audio;
        for (std::size_t i = 0; i < voice.samples.size() && i < 4; ++i)
            heard += std::to_string (voice.samples[i]);
        left = std::max<std::int64_t> (left, 1);
        if (control != nullptr)
            ++control->voicesAlive;
    }
    ~FakeVoice() override
    {
        if (control != nullptr)
            --control->voicesAlive;
    }
    FakeVoice (const FakeVoice&) = delete;
    FakeVoice& operator= (const FakeVoice&) = delete;

    std::int64_t framesLeft() const override { return left; }

    void encode (std::int64_t frames) override
    {
        const auto count = std::min (frames, left);
        if (control == nullptr || count <= 0)
            return;
        if (control->beforeVoice)
            control->beforeVoice();
        if (control->clock != nullptr)
            control->clock->pass (static_cast<double> (count) * control->voiceFrameMs);
        left -= count;
        if (left > 0)
            return;
        audio.reset();
        ++control->voicesEncoded;
        if (control->heardSeconds != nullptr)
            control->heardSeconds->push_back (seconds);
    }

    std::string heard;

private:
    std::shared_ptr<const VoiceAudio> audio; // until it is complete
    double seconds;
    std::int64_t left;
    std::shared_ptr<FakeRendererControl> control;
};

/** A Renderer that speaks tones: Torch is not needed to test the code around one. A passage's samples depend on its
    text, voices and settings and on nothing else, so a test knows them beforehand: expected(). */
class FakeRenderer : public Renderer, private Measuring
{
public:
    static constexpr std::int64_t frameSamples = 320;
    static constexpr std::size_t latentSize = 4; // a frame's first samples

    explicit FakeRenderer (std::shared_ptr<FakeRendererControl> shared)
        : control (std::move (shared))
        , pacing (clockOf (*control), 1000.0 * 3200 / 24'000)
    {
        std::this_thread::sleep_for (std::chrono::milliseconds (control->loadMs));
        if (control->failToLoad)
            fail (ErrorCode::InvalidInput, "the fake model is broken");
        modelInfo.name = control->name;
        modelInfo.fingerprint = control->fingerprint;
        modelInfo.frameSamples = frameSamples;
        modelInfo.offload = control->offload;
        modelInfo.layers = control->offload ? control->offload->layers : 0;
        modelInfo.plannedMemory = control->plannedMemory;
        modelInfo.plannedPeakBytes = control->plannedPeakBytes;
        modelInfo.notes = control->notes;
        modelInfo.guidanceScale = control->guidanceScale;
        modelInfo.maxPositions = control->maxPositions;
        modelInfo.mostPassages = control->mostPassages;
        ++control->alive;
    }
    ~FakeRenderer() override { --control->alive; }
    FakeRenderer (const FakeRenderer&) = delete;
    FakeRenderer& operator= (const FakeRenderer&) = delete;

    static std::vector<float> expected (const VoicedPassage& passage, const RenderSettings& settings,
                                        int frames)
    {
        std::string all = std::to_string (settings.seed) + '/' +
                          std::to_string (settings.guidanceScale.value_or (ModelInfo {}.guidanceScale)) +
                          '/' + std::to_string (settings.steps);
        for (const auto& line : passage.lines)
            all += '/' + std::to_string (line.speaker) + line.text;
        for (const auto& voice : passage.voices)
            all += '/' + dynamic_cast<const FakeVoice&> (*voice).heard;
        const double step = 0.01 + 0.001 * static_cast<double> (std::hash<std::string> {}(all) % 1000);
        std::vector<float> samples (static_cast<std::size_t> (frames * frameSamples));
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] =
                static_cast<float> (1.25 * std::sin (step * static_cast<double> (i))); // beyond 1: unclamped
        return samples;
    }

    /** A voice for expected(). */
    static std::shared_ptr<EncodedVoice> encode (const VoiceAudio& voice)
    {
        return std::make_shared<FakeVoice> (std::make_shared<const VoiceAudio> (voice), nullptr);
    }

    const ModelInfo& info() const override { return modelInfo; }
    DeviceReport deviceReport() const override { return control->device; }
    std::int64_t cachedPositions() const override { return control->cachedPositions; }

    std::function<std::int64_t()> deviceBytes() const override
    {
        return [shared = control] { return shared->alive * shared->deviceBytesEach; };
    }

    std::shared_ptr<EncodedVoice> makeVoice (std::shared_ptr<const VoiceAudio> audio) override
    {
        return std::make_shared<FakeVoice> (std::move (audio), control);
    }

    PassageId start (PassageJob job) override
    {
        if (! isOnlyTimed (job))
        {
            ++control->passagesRendered;
            control->passagesHeard += job.isHeard ? 1 : 0;
        }
        control->exactFrames = job.exactFrames;
        noted = control->profile;
        auto resolved = job.settings;
        resolved.guidanceScale = job.settings.guidanceScale.value_or (control->guidanceScale);
        Spoken made { .state = { .id = ++lastId }, .job = std::move (job) };
        made.total =
            made.job.exactFrames > 0 ? static_cast<int> (made.job.exactFrames) : control->frames.load();
        made.samples = expected (made.job.passage, resolved, made.total);
        made.report.promptTokens = static_cast<std::int64_t> (made.job.passage.lines.size());
        for (const auto& line : made.job.passage.lines)
            made.rowsLeft += control->promptRowMs > 0 ? static_cast<double> (line.text.size()) : 0;
        passages.push_back (std::move (made));
        return lastId;
    }

    bool step (const std::function<void()>& whenFrameMade = {}) override
    {
        const auto begin = pacing.now();
        prepare();
        const double preparedMs = pacing.now() - begin;
        const auto speaking =
            static_cast<std::size_t> (std::ranges::count_if (passages, &FakeRenderer::speaks));
        takeTime (speaking);
        for (auto& passage : passages)
            if (speaks (passage))
                speakFrame (passage);
        std::erase_if (passages, [] (const auto& passage) { return passage.isOver; });
        if (whenFrameMade)
            whenFrameMade();
        pacing.stepTook (speaking, pacing.now() - begin, preparedMs);
        control->mostAtOnce = std::max (control->mostAtOnce.load(), static_cast<int> (speaking));
        if (control->afterStep)
            control->afterStep();
        return std::ranges::any_of (passages, [] (const auto& passage) { return ! passage.state.isParked; });
    }

    void cancel (PassageId id) override
    {
        const auto found = find (id);
        if (found == passages.end())
            return;
        if (! isOnlyTimed (found->job))
            ++control->passagesCancelled;
        end (*found, FinishReason::Cancelled, {});
        passages.erase (found);
    }

    std::vector<PassageState> inFlight() const override
    {
        std::vector<PassageState> states;
        for (const auto& passage : passages)
            states.push_back (passage.state);
        return states;
    }

    void park (PassageId id) override
    {
        ++control->passagesParked;
        find (id)->state.isParked = true;
    }
    void resume (PassageId id) override { find (id)->state.isParked = false; }

    Measuring& measuring() override { return *this; }

    const Pacing& pace() const { return pacing; }

private:
    using Phase = PassageState::Phase;

    struct Spoken
    {
        PassageState state;
        PassageJob job;
        std::vector<float> samples {};
        RenderReport report {};
        double rowsLeft = 0; // of the prompt
        int total = 0;
        bool isOver = false;
        std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    };

    static std::function<double()> clockOf (const FakeRendererControl& control)
    {
        if (control.clock != nullptr)
            return [clock = control.clock] { return clock->ms.load(); };
        return [] {
            return std::chrono::duration<double, std::milli> (
                       std::chrono::steady_clock::now().time_since_epoch())
                .count();
        };
    }

    /** Nobody hears how it ends: measureSeats(). */
    static bool isOnlyTimed (const PassageJob& job)
    {
        return ! job.events.onFrame && ! job.events.onLatent && ! job.events.onEnd;
    }

    static bool speaks (const Spoken& passage)
    {
        return passage.state.phase == Phase::Speaking && ! passage.state.isParked;
    }

    std::vector<Spoken>::iterator find (PassageId id)
    {
        return std::ranges::find (passages, id, [] (const auto& passage) { return passage.state.id; });
    }

    /** Voices and prompts as far as the step has room; without costs, all of them. */
    void prepare()
    {
        const auto speaking = std::ranges::count_if (passages, &FakeRenderer::speaks);
        const bool isForListeners =
            std::ranges::any_of (passages, [] (const auto& passage) { return passage.job.isHeard; });
        double room = pacing.room (static_cast<std::size_t> (speaking), isForListeners);
        for (auto& passage : passages)
            if (! passage.state.isParked && passage.state.phase != Phase::Speaking)
                prepare (passage, room);
    }

    void prepare (Spoken& passage, double& room)
    {
        const auto spend = [&room] (double cost, double units) {
            const double fitting = cost > 0 ? std::min (units, std::floor (room / cost)) : units;
            room -= fitting * cost;
            return fitting;
        };
        for (const auto& voice : passage.job.passage.voices)
        {
            const auto left = static_cast<double> (voice->framesLeft());
            voice->encode (static_cast<std::int64_t> (spend (control->voiceFrameMs, left)));
            if (voice->framesLeft() > 0)
                return;
        }
        passage.state.phase = Phase::Prompt;
        const double rows = spend (control->promptRowMs, passage.rowsLeft);
        if (control->clock != nullptr)
            control->clock->pass (rows * control->promptRowMs);
        passage.rowsLeft -= rows;
        if (passage.rowsLeft <= 0)
            passage.state.phase = Phase::Speaking;
    }

    void takeTime (std::size_t speaking)
    {
        if (speaking == 0)
            return;
        if (control->clock != nullptr)
            control->clock->pass (control->stepMs + static_cast<double> (speaking) * control->stepMsEach);
        else if (control->frameMs > 0)
            std::this_thread::sleep_for (std::chrono::milliseconds (control->frameMs));
    }

    void speakFrame (Spoken& passage)
    {
        const auto frame = static_cast<int> (passage.state.frames);
        const auto& events = passage.job.events;
        if (frame == passage.total)
            return end (passage, control->finish, {});
        if (isOnlyTimed (passage.job))
        {
            ++passage.state.frames;
            return;
        }
        try
        {
            if (control->atFrame)
                control->atFrame (frame);
            if (frame == control->failAtFrame)
                throw Exception (control->failure);
            ++control->framesRendered;
            passage.report.tokens.push_back (frame);
            const auto* samples = passage.samples.data() + frame * frameSamples;
            if (events.onLatent)
                events.onLatent ({ samples, latentSize });
            if (events.onFrame)
                events.onFrame ({ samples, frameSamples });
            if (frame == 0)
                passage.report.firstFrameMs = sinceBegin (passage);
            ++passage.report.frames;
            ++passage.state.frames;
            if (passage.job.isHeard)
                pacing.frameMade (passage.state.id);
        }
        catch (...)
        {
            end (passage, FinishReason::Cancelled, std::current_exception());
        }
    }

    static double sinceBegin (const Spoken& passage)
    {
        return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - passage.begin)
            .count();
    }

    void end (Spoken& passage, FinishReason how, const std::exception_ptr& failure)
    {
        passage.isOver = true;
        passage.report.finish = how;
        passage.report.totalMs = sinceBegin (passage);
        passage.report.times.decoder = passage.report.totalMs;
        pacing.ended (passage.state.id);
        if (passage.job.events.onEnd)
            passage.job.events.onEnd (passage.report, failure);
    }

    void forgetPrompts() override {}

    void prepareAll() override
    {
        for (auto& passage : passages)
        {
            for (const auto& voice : passage.job.passage.voices)
                voice->encode (voice->framesLeft());
            passage.state.phase = Phase::Speaking;
        }
    }
    double measureLink() override { return 0; }
    std::vector<ProfileSpan> takeProfile() override { return std::exchange (noted, {}); }

    std::shared_ptr<FakeRendererControl> control;
    Pacing pacing;
    ModelInfo modelInfo;
    std::vector<Spoken> passages;
    PassageId lastId = 0;
    std::vector<ProfileSpan> noted; // since it was last taken
};
} // namespace tableread::test
