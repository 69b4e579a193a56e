// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/InferenceMode.h>
#include <numeric>

#include "Checkpoint/HubCache.h"
#include "Checkpoint/Notes.h"
#include "Core/Error.h"
#include "Device/LinkSpeed.h"
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Gpu/Devices.h"
#include "Kernels/Parallel.h"
#include "Offload/MemoryWatch.h"
#include "Render/Loop/CpuFallback.h"
#include "Render/Loop/FrameLoop.h"
#include "Render/Loop/TorchErrors.h"
#include "Render/Loop/VoiceEncoder.h"
#include "Render/Measuring.h"
#include "Text/Prompt.h"
#include "Text/Tokenizer.h"
#include "Text/TokenizerPlace.h"

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

/** "bf16", or "bf16-fp8" if the layers have another format than the compute type. */
std::string typeName (const LoadOptions& options)
{
    const std::string computed = options.compute == ComputeType::BFloat16 ? "bf16" : "fp32";
    const auto layers = options.offload.settings.weights;
    return layers == WeightsFormat::AsComputed ? computed : computed + "-" + std::string (nameOf (layers));
}

class TorchRenderer : public Renderer, private Measuring
{
public:
    TorchRenderer (const LoadOptions& options, at::Device device, const std::string& note)
        : model (options.randomWeights ? Checkpoint::random (options.model)
                                       : Checkpoint::open (options.model),
                 { .compute = options.compute,
                   .device = device,
                   .offload = options.offload,
                   .profiling = options.profiling })
        , tokenizerPlace (options.tokenizer.empty() ? findTokenizer (options.model)
                                                    : TokenizerPlace { options.tokenizer, {} })
        , tokenizer (Tokenizer::load (tokenizerPlace.folder))
        , loop (model, { tokenizer->specials().speechStart, tokenizer->specials().speechEnd,
                         tokenizer->specials().speechFrame, tokenizer->specials().endOfText })
    {
        const auto& config = model.config();
        about.name = modelName (options.model);
        about.frameSamples = config.frameSamples;
        about.layers = config.languageModel.layers;
        about.maxPositions = config.languageModel.maxPositions;
        about.parameters = countParameters (*model.checkpoint);
        about.guidanceScale = config.defaultGuidance();
        about.offload = model.offload;
        about.plannedPeakBytes = model.plannedPeakBytes;
        about.memoryNotes = model.memoryNotes;
        about.device = model.streamDevice == nullptr ? "the CPU" : model.streamDevice->product().name;
        about.notes = options.notes;
        for (auto& sentence : notesOn (*model.checkpoint))
            about.notes.push_back (std::move (sentence));
        for (const auto& sentence : { tokenizerPlace.note, noteOnDevice (options.device), note })
            if (! sentence.empty())
                about.notes.push_back (sentence);
        about.fingerprint = deviceName() + "-" + typeName (options) + "-" + about.name + "-" +
                            std::to_string (about.parameters);
    }

    const ModelInfo& info() const override { return about; }

    DeviceReport deviceReport() const override
    {
        DeviceReport report;
        if (model.streamDevice == nullptr)
            return report;
        const auto product = model.streamDevice->product();
        const auto memory = model.streamDevice->memory();
        report.name = product.name;
        report.driver = product.driver;
        report.peakBytes = memory.peak;
        report.totalBytes = memory.total;
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

    EncodedVoice encodeVoice (const VoiceAudio& voice) override
    {
        const c10::InferenceMode noGradients;
        const c10::DeviceGuard onDevice (model.device());
        return withErrorsInWords ([&] { return engine::encodeVoice (model, voice); });
    }

    RenderReport render (const VoicedPassage& passage, const RenderSettings& settings,
                         const RenderEvents& events) override
    {
        const Job job { passage, settings, events };
        return renderBatch ({ &job, 1 }).front();
    }

    std::vector<RenderReport> renderBatch (std::span<const Job> jobs) override
    {
        return renderMeasured (jobs, 0);
    }

    Measuring& measuring() override { return *this; }

private:
    std::vector<RenderReport> renderMeasured (std::span<const Job> jobs, std::int64_t exactFrames) override
    {
        return withErrorsInWords ([&] { return renderAll (jobs, exactFrames); });
    }

    std::vector<RenderReport> renderAll (std::span<const Job> jobs, std::int64_t exactFrames)
    {
        const c10::InferenceMode noGradients;
        const c10::DeviceGuard onDevice (model.device());
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
            sequences.push_back (loop.join (makeInput (job, exactFrames)));
            if (model.profiler != nullptr)
                model.profiler->prepared();
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
        reports.reserve (sequences.size());
        for (const auto& sequence : sequences)
            reports.push_back (sequence->report);
        reports.front().notes = std::move (notes);
        return reports;
    }

    double measureLink() override
    {
        return model.streamDevice == nullptr ? 0.0 : engine::measureLink (*model.streamDevice);
    }

    std::vector<ProfileSpan> takeProfile() override
    {
        return model.profiler == nullptr ? std::vector<ProfileSpan> {} : model.profiler->take();
    }

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

    SequenceInput makeInput (const Job& job, std::int64_t exactFrames) const
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
        auto prompt = buildPrompt (*tokenizer, frames, job.passage.lines);
        input.ids = std::move (prompt.ids);
        input.voicePositions = std::move (prompt.voicePositions);
        input.settings = job.settings;
        input.exactFrames = exactFrames;
        input.tokenLimit = exactFrames > 0 ? exactFrames + 1 : 0;
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

    /** Samples the voices again with PyTorch's draws, in the original's order: all scalars, then all noise. */
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
    TokenizerPlace tokenizerPlace;
    std::unique_ptr<Tokenizer> tokenizer;
    FrameLoop loop;
    ModelInfo about;
};
} // namespace

std::unique_ptr<Renderer> Renderer::load (const LoadOptions& options)
{
    const c10::InferenceMode noGradients;
    kernels::setThreads (options.threads);
    const auto device = deviceFor (options.device, options.deviceIndex);
    const auto make = [&options] (at::Device on, const std::string& note) {
        const c10::DeviceGuard onDevice (on);
        return std::make_unique<TorchRenderer> (options, on, note);
    };
    return withErrorsInWords ([&] { return makeOrOnCpu (options.device, device, make); });
}
} // namespace tableread::engine
