// SPDX-License-Identifier: Apache-2.0
#pragma once

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

namespace tableread::test
{
using namespace engine;

/** What a FakeRenderer does and has done. The test shares it, and may change it while the renderer works. */
struct FakeRendererControl
{
    std::atomic<int> frames { 5 };       // of each passage
    std::atomic<int> frameMs { 0 };      // time that a frame takes
    std::atomic<int> failAtFrame { -1 }; // throws `failure` instead of this frame
    std::atomic<FinishReason> finish { FinishReason::Stop };
    std::atomic<bool> failToLoad { false };
    std::atomic<int> loadMs { 0 };
    std::optional<OffloadConfig> offload;              // as ModelInfo reports it
    std::vector<std::string> notes;                    // likewise
    std::atomic<float> guidanceScale { 1.3f };         // likewise, if the settings state none
    std::atomic<std::int64_t> maxPositions { 0 };      // likewise
    DeviceReport device;                               // a CPU, if it has no name
    std::vector<ProfileSpan> profile;                  // what each render records
    std::function<void (int frame)> atFrame;           // called on the rendering thread, before each frame
    std::function<void()> beforeVoice;                 // and before each voice is encoded
    std::shared_ptr<std::vector<double>> heardSeconds; // of each voice that is encoded, if it is not null
    Error failure { ErrorCode::Internal, "the fake renderer was told to fail", {} };

    std::atomic<int> framesRendered { 0 };
    std::atomic<int> voicesEncoded { 0 };
    std::atomic<int> passagesRendered { 0 };
    std::atomic<int> passagesCancelled { 0 };
    std::atomic<std::int64_t> exactFrames { 0 }; // as requested for the last measured render
};

/** A Renderer that speaks tones: Torch is not needed to test the code around one. A passage's samples depend on its
    text, voices and settings and on nothing else, so a test knows them beforehand: expected(). */
class FakeRenderer : public Renderer, private Measuring
{
public:
    static constexpr std::int64_t frameSamples = 320;
    static constexpr std::size_t latentSize = 4; // a frame's first samples

    explicit FakeRenderer (std::shared_ptr<FakeRendererControl> shared) : control (std::move (shared))
    {
        std::this_thread::sleep_for (std::chrono::milliseconds (control->loadMs));
        if (control->failToLoad)
            fail (ErrorCode::InvalidInput, "the fake model is broken");
        modelInfo.name = "fake";
        modelInfo.fingerprint = "fake-tones-1";
        modelInfo.frameSamples = frameSamples;
        modelInfo.offload = control->offload;
        modelInfo.notes = control->notes;
        modelInfo.guidanceScale = control->guidanceScale;
        modelInfo.maxPositions = control->maxPositions;
    }

    static std::vector<float> expected (const VoicedPassage& passage, const RenderSettings& settings,
                                        int frames)
    {
        std::string all = std::to_string (settings.seed) + '/' +
                          std::to_string (settings.guidanceScale.value_or (ModelInfo {}.guidanceScale)) +
                          '/' + std::to_string (settings.steps);
        for (const auto& line : passage.lines)
            all += '/' + std::to_string (line.speaker) + line.text;
        for (const auto& voice : passage.voices)
            all += '/' + *reinterpret_cast<const std::string*> (voice.data.get());
        const double step = 0.01 + 0.001 * static_cast<double> (std::hash<std::string> {}(all) % 1000);
        std::vector<float> samples (static_cast<std::size_t> (frames * frameSamples));
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] =
                static_cast<float> (1.25 * std::sin (step * static_cast<double> (i))); // beyond 1: unclamped
        return samples;
    }

    /** A voice of this name as the fake hears it: its name and its first samples. */
    static EncodedVoice encode (const VoiceAudio& voice)
    {
        auto heard = voice.name;
        for (std::size_t i = 0; i < voice.samples.size() && i < 4; ++i)
            heard += std::to_string (voice.samples[i]);
        const auto owner = std::make_shared<const std::string> (std::move (heard));
        // EncodedVoice::Data is the real renderer's secret: the fake keeps a string behind the pointer.
        return { std::shared_ptr<const EncodedVoice::Data> (
            owner, reinterpret_cast<const EncodedVoice::Data*> (owner.get())) };
    }

    const ModelInfo& info() const override { return modelInfo; }
    DeviceReport deviceReport() const override { return control->device; }

    EncodedVoice encodeVoice (const VoiceAudio& voice) override
    {
        if (control->beforeVoice)
            control->beforeVoice();
        ++control->voicesEncoded;
        if (control->heardSeconds != nullptr)
            control->heardSeconds->push_back (static_cast<double> (voice.samples.size()) / 24'000.0);
        return encode (voice);
    }

    RenderReport render (const VoicedPassage& passage, const RenderSettings& settings,
                         const RenderEvents& events) override
    {
        const auto begin = std::chrono::steady_clock::now();
        const auto sinceBegin = [&begin] {
            return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begin)
                .count();
        };
        const int total = control->frames;
        auto resolved = settings;
        resolved.guidanceScale = settings.guidanceScale.value_or (control->guidanceScale);
        const auto samples = expected (passage, resolved, total);
        ++control->passagesRendered;
        noted = control->profile;
        RenderReport report;
        report.promptTokens = static_cast<std::int64_t> (passage.lines.size());
        report.finish = control->finish;
        for (int frame = 0; frame < total; ++frame)
        {
            if (events.isCancelled && events.isCancelled())
            {
                ++control->passagesCancelled;
                report.finish = FinishReason::Cancelled;
                break;
            }
            if (control->atFrame)
                control->atFrame (frame);
            if (frame == control->failAtFrame)
                throw Exception (control->failure);
            if (control->frameMs > 0)
                std::this_thread::sleep_for (std::chrono::milliseconds (control->frameMs));
            ++control->framesRendered;
            report.tokens.push_back (frame);
            if (events.onLatent)
                events.onLatent ({ samples.data() + frame * frameSamples, latentSize });
            if (events.onFrame)
                events.onFrame ({ samples.data() + frame * frameSamples, frameSamples });
            if (frame == 0)
                report.firstFrameMs = sinceBegin();
            ++report.frames;
        }
        report.totalMs = sinceBegin();
        report.times.decoder = report.totalMs;
        return report;
    }

    std::vector<RenderReport> renderBatch (std::span<const Job> jobs) override
    {
        std::vector<RenderReport> reports;
        for (const auto& job : jobs)
            reports.push_back (render (job.passage, job.settings, job.events));
        return reports;
    }

    Measuring& measuring() override { return *this; }

private:
    std::vector<RenderReport> renderMeasured (std::span<const Job> jobs, std::int64_t exactFrames) override
    {
        control->exactFrames = exactFrames;
        return renderBatch (jobs);
    }

    double measureLink() override { return 0; }
    std::vector<ProfileSpan> takeProfile() override { return std::exchange (noted, {}); }

    std::shared_ptr<FakeRendererControl> control;
    ModelInfo modelInfo;
    std::vector<ProfileSpan> noted; // since it was last taken
};
} // namespace tableread::test
