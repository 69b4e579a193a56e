// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <numeric>

#include "Checkpoint/Notes.h"
#include "Core/Error.h"
#include "Device/LinkSpeed.h"
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Gpu/Device.h"
#include "Kernels/Gpu/Devices.h"
#include "Kernels/Parallel.h"
#include "Offload/MemoryWatch.h"
#include "Render/Loop/FrameLoop.h"
#include "Render/Loop/VoiceEncoder.h"
#include "Render/Renderer.h"
#include "Text/Prompt.h"
#include "Text/Tokenizer.h"

namespace tableread::engine
{
namespace
{
std::int64_t countParameters (const Checkpoint& checkpoint)
{
    std::int64_t total = 0;
    for (const auto& name : checkpoint.names())
    {
        const auto view = checkpoint.tensor (name);
        total += (std::int64_t) view.bytes.size() / bytesPerElement (view.dtype);
    }
    return total;
}

/** "bf16", or "bf16-fp8" with layers in another format than they are computed in. */
std::string typeName (const LoadOptions& options)
{
    const std::string computed = options.compute == ComputeType::BFloat16 ? "bf16" : "fp32";
    const auto layers = options.offload.settings.weights;
    return layers == WeightsFormat::AsComputed ? computed : computed + "-" + std::string (nameOf (layers));
}

class TorchRenderer : public Renderer
{
public:
    explicit TorchRenderer (const LoadOptions& options)
        : model (options.randomWeights ? Checkpoint::random (options.model)
                                       : Checkpoint::open (options.model),
                 options.compute, deviceFor (options.device), options.offload, options.profiling)
        , tokenizer (Tokenizer::load (options.tokenizer.empty() ? options.model : options.tokenizer))
        , loop (model, { tokenizer->specials().speechStart, tokenizer->specials().speechEnd,
                         tokenizer->specials().speechFrame, tokenizer->specials().endOfText })
    {
        const auto& config = model.config();
        about.name = std::filesystem::weakly_canonical (options.model).filename().string();
        about.frameSamples = config.frameSamples;
        about.layers = config.languageModel.layers;
        about.maxPositions = config.languageModel.maxPositions;
        about.parameters = countParameters (*model.checkpoint);
        about.offload = model.offload;
        about.plannedPeakBytes = model.plannedPeakBytes;
        about.memoryNotes = model.memoryNotes;
        about.notes = notesOn (*model.checkpoint);
        if (auto note = noteOnDevice (options.device); ! note.empty())
            about.notes.push_back (std::move (note));
        about.fingerprint = deviceName() + "-" + typeName (options) + "-" + about.name + "-" +
                            std::to_string (about.parameters);
    }

    const ModelInfo& info() const override { return about; }

    DeviceReport deviceReport() const override
    {
        DeviceReport report;
        if (model.streamDevice == nullptr)
            return report;
        kernels::GpuName name;
        kernels::gpuDevice().name (&name);
        report.name = name.name;
        report.driver =
            "CUDA " + std::to_string (name.driver / 1000) + "." + std::to_string (name.driver % 1000 / 10);
        report.peakBytes = model.streamDevice->peakBytes();
        report.totalBytes = model.streamDevice->memory().total;
        if (model.streamed == nullptr)
            return report;
        const auto& moved = model.streamed->layerStreamer().counters();
        const auto& trims = model.streamed->trims().counters();
        report.transfers = moved.transfers;
        report.transferredBytes = moved.bytes;
        report.trims = trims.done;
        report.trimsSkipped = trims.skipped;
        report.trimsBeforeForward = trims.outOfMemory;
        report.trimBytes = trims.bytesReturned;
        report.trimMs = trims.spentMs;
        report.trimWaitMs = trims.waitedMs;
        report.hostWaitMs = model.streamed->hostMemory().hostWaitMs();
        return report;
    }

    double measureLink() override
    {
        return model.streamDevice == nullptr ? 0.0 : engine::measureLink (*model.streamDevice);
    }

    std::vector<ProfileSpan> takeProfile() override
    {
        return model.profiler == nullptr ? std::vector<ProfileSpan> {} : model.profiler->take();
    }

    EncodedVoice encodeVoice (const VoiceAudio& voice) override
    {
        const c10::InferenceMode noGradients;
        return engine::encodeVoice (model, voice);
    }

    RenderReport render (const Passage& passage, const RenderSettings& settings,
                         const RenderEvents& events) override
    {
        const Job job { passage, settings, events };
        return renderBatch ({ &job, 1 }).front();
    }

    std::vector<RenderReport> renderBatch (std::span<const Job> jobs) override
    {
        const c10::InferenceMode noGradients;
        std::vector<std::shared_ptr<Sequence>> sequences;
        const struct LeaveAll // also when a callback throws
        {
            FrameLoop& loop;
            std::vector<std::shared_ptr<Sequence>>& sequences;
            ~LeaveAll()
            {
                for (const auto& sequence : sequences)
                    loop.leave (sequence);
            }
        } leaveAll { loop, sequences };
        for (const auto& job : jobs)
        {
            sequences.push_back (loop.join (makeInput (job)));
            if (model.profiler != nullptr)
                model.profiler->promptRead();
        }
        std::optional<MemoryWatch> watch;
        if (model.streamed != nullptr)
            watch.emplace (*model.streamDevice, *model.offload, model.streamed->trims());
        std::vector<std::string> notes;
        while (step())
            if (watch)
                for (auto& sentence : watch->frameMade())
                    notes.push_back (std::move (sentence));
        std::vector<RenderReport> reports;
        for (const auto& sequence : sequences)
            reports.push_back (sequence->report);
        reports.front().notes = std::move (notes);
        return reports;
    }

private:
    bool step()
    {
        bool goesOn = false;
        {
            const ProfileScope all (model.profiler.get(), { .kind = ProfileSpan::Kind::Step });
            goesOn = loop.step();
        }
        if (model.profiler != nullptr)
            model.profiler->frameMade();
        return goesOn;
    }

    std::string deviceName() const
    {
        return model.device().is_cuda() ? "cuda" : "cpu-" + std::string (kernels::cpu().name);
    }

    SequenceInput makeInput (const Job& job) const
    {
        SequenceInput input;
        std::vector<std::int64_t> frames;
        std::vector<at::Tensor> features;
        for (const auto& voice : job.passage.voices)
        {
            if (voice.data == nullptr)
                fail (ErrorCode::InvalidInput, "a voice of the passage was not encoded. Encode it first.");
            features.push_back (voice.data->features);
            frames.push_back (features.back().size (0));
        }
        std::vector<PromptLine> lines;
        for (const auto& line : job.passage.lines)
            lines.push_back ({ line.speaker, line.text });
        auto prompt = buildPrompt (*tokenizer, frames, lines);
        input.ids = std::move (prompt.ids);
        input.voicePositions = std::move (prompt.voicePositions);
        input.settings = job.settings;
        input.tokenLimit = job.settings.exactFrames > 0 ? job.settings.exactFrames + 1 : 0;
        input.events = job.events;
        if (job.settings.noise == NoiseKind::Torch)
        {
            auto noise = std::make_unique<TorchNoise> (job.settings.seed);
            if (! features.empty())
                features = resample (job.passage.voices, *noise);
            input.noise = std::move (noise);
        }
        else
            input.noise = std::make_unique<PhiloxNoise> (job.settings.seed);
        if (! features.empty())
            input.voiceFeatures = at::cat (features);
        return input;
    }

    /** The voices sampled again with PyTorch's draws, as the original takes them: all scalars, then all noise. */
    std::vector<at::Tensor> resample (const std::vector<EncodedVoice>& voices, TorchNoise& noise) const
    {
        std::int64_t longest = 0;
        for (const auto& voice : voices)
            longest = std::max (longest, voice.data->means.size (0));
        const auto [scalars, draws] =
            noise.voices ((std::int64_t) voices.size(), longest, model.config().acousticEncoder.dimension);
        std::vector<at::Tensor> features;
        for (std::size_t v = 0; v < voices.size(); ++v)
        {
            const auto& means = voices[v].data->means;
            features.push_back (sampleVoice (model, means, scalars[(std::int64_t) v].item<float>(),
                                             draws[(std::int64_t) v].slice (0, 0, means.size (0))));
        }
        return features;
    }

    VibeVoice model;
    std::unique_ptr<Tokenizer> tokenizer;
    FrameLoop loop;
    ModelInfo about;
};
} // namespace

std::unique_ptr<Renderer> Renderer::load (const LoadOptions& options)
{
    const c10::InferenceMode noGradients;
    kernels::setThreads (options.threads);
    return std::make_unique<TorchRenderer> (options);
}
} // namespace tableread::engine
