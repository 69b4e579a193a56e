// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/InferenceMode.h>
#include <utility>

#include "Checkpoint/Content/WeightsHash.h"
#include "Checkpoint/HubCache.h"
#include "Checkpoint/Notes.h"
#include "Core/Error.h"
#include "Device/LinkSpeed.h"
#include "Kernels/Gpu/Devices.h"
#include "Kernels/Parallel.h"
#include "Offload/MemoryWatch.h"
#include "Render/Loop/CpuFallback.h"
#include "Render/Loop/Fingerprint.h"
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

std::shared_ptr<const Checkpoint> checkpointOf (const LoadOptions& options)
{
    auto checkpoint =
        options.randomWeights ? Checkpoint::random (options.model) : Checkpoint::open (options.model);
    checkpoint->countReads (options.bytesRead);
    return checkpoint;
}

class TorchRenderer : public Renderer, private Measuring
{
public:
    TorchRenderer (const LoadOptions& options, at::Device device, const std::string& note)
        : weightsHash (checkpointOf (options))
        , model (weightsHash.checkpoint(), { .compute = options.compute,
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
        if (model.offload)
            about.mostPassages = model.offload->settings.passages;
        about.plannedPeakBytes = model.plannedPeakBytes;
        about.plannedMemory = model.plannedMemory;
        about.memoryNotes = model.memoryNotes;
        if (model.streamDevice != nullptr)
            product = model.streamDevice->product();
        about.device = model.streamDevice == nullptr ? "the CPU" : product.name;
        about.notes = options.notes;
        for (auto& sentence : notesOn (*model.checkpoint))
            about.notes.push_back (std::move (sentence));
        for (const auto& sentence : { tokenizerPlace.note, noteOnDevice (options.device), note })
            if (! sentence.empty())
                about.notes.push_back (sentence);
        about.fingerprint = textOf (fingerprintOf (options, model, *tokenizer, weightsHash.get()));
    }

    const ModelInfo& info() const override { return about; }

    DeviceReport deviceReport() const override
    {
        DeviceReport report;
        if (model.streamDevice == nullptr)
            return report;
        const auto memory = model.streamDevice->memory();
        report.name = product.name;
        report.driver = product.driver;
        report.runtime = product.runtime;
        report.peakBytes = memory.peak;
        report.totalBytes = memory.total;
        report.freeBytes = memory.free;
        report.usedBytes = memory.allocated;
        report.cachedBytes = memory.reserved - memory.allocated;
        report.contextBytes = memory.context;
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
        report.copyMs = moved.copyMs;
        report.stallMs = moved.exposedWaitMs;
        return report;
    }

    std::int64_t cachedPositions() const override
    {
        std::int64_t sum = 0;
        for (const auto& sequence : loop.sequences())
            if (! sequence->isParked)
                sum += sequence->positive.length() + sequence->negative.length();
        return sum;
    }

    std::function<std::int64_t()> deviceBytes() const override
    {
        if (model.streamDevice == nullptr)
            return {};
        return [device = model.streamDevice] {
            device->trim();
            return device->memory().reserved;
        };
    }

    std::shared_ptr<EncodedVoice> makeVoice (std::shared_ptr<const VoiceAudio> audio) override
    {
        return std::make_shared<TorchVoice> (model, std::move (audio));
    }

    PassageId start (PassageJob job) override
    {
        return withErrorsInWords ([&] {
            const c10::InferenceMode noGradients;
            const c10::DeviceGuard onDevice (model.device());
            return loop.join (makeInput (std::move (job)))->id;
        });
    }

    bool step (const std::function<void()>& whenFrameMade = {}) override
    {
        const c10::InferenceMode noGradients;
        const c10::DeviceGuard onDevice (model.device());
        bool goesOn = false;
        try
        {
            const ProfileScope all (model.profiler.get(), { .kind = ProfileSpan::Kind::Step });
            goesOn = loop.step (whenFrameMade);
        }
        catch (...)
        {
            loop.failAll (std::current_exception());
        }
        if (model.profiler != nullptr)
            model.profiler->frameMade();
        else if (model.streamed != nullptr)
            model.streamed->layerStreamer().collectTimes();
        watchMemory();
        return goesOn;
    }

    void cancel (PassageId passage) override
    {
        if (const auto sequence = find (passage))
            loop.leave (sequence);
    }

    void park (PassageId passage) override
    {
        move (passage, [this] (Sequence& sequence) { loop.park (sequence); });
    }

    void resume (PassageId passage) override
    {
        move (passage, [this] (Sequence& sequence) { loop.resume (sequence); });
    }

    std::vector<PassageState> inFlight() const override
    {
        using Phase = PassageState::Phase;
        std::vector<PassageState> all;
        for (const auto& sequence : loop.sequences())
            all.push_back ({ .id = sequence->id,
                             .phase = sequence->isPrepared()                 ? Phase::Speaking
                                      : sequence->voiceToEncode() == nullptr ? Phase::Prompt
                                                                             : Phase::Voices,
                             .isParked = sequence->isParked,
                             .frames = sequence->report.frames });
        return all;
    }

    Measuring& measuring() override { return *this; }

private:
    void prepareAll() override
    {
        const c10::InferenceMode noGradients;
        const c10::DeviceGuard onDevice (model.device());
        withErrorsInWords ([&] { loop.prepareAll(); });
        if (model.profiler != nullptr)
            model.profiler->prepared();
    }

    void forgetPrompts() override { loop.forgetPrompts(); }

    std::shared_ptr<Sequence> find (PassageId passage) const
    {
        const auto& all = loop.sequences();
        const auto found = std::ranges::find (all, passage, [] (const auto& each) { return each->id; });
        return found == all.end() ? nullptr : *found;
    }

    /** Between a GPU and the host. If there is no room, the passage fails. */
    void move (PassageId passage, const std::function<void (Sequence&)>& how)
    {
        const c10::InferenceMode noGradients;
        const c10::DeviceGuard onDevice (model.device());
        const auto sequence = find (passage);
        if (sequence == nullptr)
            return;
        sequence->attempt ([&] { how (*sequence); });
        if (sequence->failure != nullptr)
            loop.leave (sequence);
    }

    void watchMemory()
    {
        if (model.streamed == nullptr || loop.sequences().empty())
            return;
        if (! watch)
            watch.emplace (*model.streamDevice, *model.offload, model.streamed->trims());
        for (auto& sentence : watch->frameMade())
            loop.sequences().front()->report.notes.push_back (std::move (sentence));
    }

    double measureLink() override
    {
        return model.streamDevice == nullptr ? 0.0 : engine::measureLink (*model.streamDevice);
    }

    std::vector<ProfileSpan> takeProfile() override
    {
        return model.profiler == nullptr ? std::vector<ProfileSpan> {} : model.profiler->take();
    }

    SequenceInput makeInput (PassageJob job) const
    {
        SequenceInput input;
        std::vector<std::int64_t> frames;
        std::vector<std::shared_ptr<TorchVoice>> voices;
        for (const auto& voice : job.passage.voices)
        {
            voices.push_back (std::dynamic_pointer_cast<TorchVoice> (voice));
            if (voices.back() == nullptr || ! voices.back()->isOf (model))
                fail (ErrorCode::InvalidInput, "a voice of the passage was made by another model.");
            frames.push_back (voices.back()->frames());
        }
        auto prompt = buildPrompt (*tokenizer, frames, job.passage.lines);
        input.ids = std::move (prompt.ids);
        if (voices.empty() ||
            job.settings.noise != NoiseKind::Torch) // which samples voices anew for each passage
            input.prefixRows = prompt.prefix;
        input.voicePositions = std::move (prompt.voicePositions);
        input.settings = job.settings;
        input.exactFrames = job.exactFrames;
        input.isHeard = job.isHeard;
        input.tokenLimit = job.exactFrames > 0 ? job.exactFrames + 1 : 0;
        input.events = std::move (job.events);
        input.events.onEnd = [told = std::move (input.events.onEnd)] (const RenderReport& report,
                                                                      const std::exception_ptr& failure) {
            if (told)
                told (report, inWords (failure));
        };
        std::shared_ptr<TorchNoise> torchNoise;
        if (job.settings.noise == NoiseKind::Torch)
            input.noise = torchNoise = std::make_shared<TorchNoise> (job.settings.seed);
        else
            input.noise = std::make_shared<PhiloxNoise> (job.settings.seed);
        if (voices.empty())
            return input;
        input.voices.assign (voices.begin(), voices.end());
        input.sampleVoices = [this, voices, torchNoise] {
            std::vector<at::Tensor> features;
            features.reserve (voices.size());
            for (const auto& voice : voices)
                features.push_back (voice->features());
            return at::cat (torchNoise == nullptr ? features : resampled (voices, *torchNoise));
        };
        return input;
    }

    /** Samples the voices again with PyTorch's draws, in the original's order: all scalars, then all noise. */
    std::vector<at::Tensor> resampled (const std::vector<std::shared_ptr<TorchVoice>>& voices,
                                       TorchNoise& noise) const
    {
        std::int64_t longest = 0;
        for (const auto& voice : voices)
            longest = std::max (longest, voice->frames());
        const auto [scalars, draws] =
            noise.voices ((std::int64_t) voices.size(), longest, model.config().acousticEncoder.dimension);
        std::vector<at::Tensor> features;
        for (std::size_t v = 0; v < voices.size(); ++v)
        {
            const auto& means = voices[v]->means();
            features.push_back (sampleVoice (model, means, scalars[(std::int64_t) v].item<float>(),
                                             draws[(std::int64_t) v].slice (0, 0, means.size (0))));
        }
        return features;
    }

    WeightsHash weightsHash; // before what reads the weights: both at the same time
    VibeVoice model;
    TokenizerPlace tokenizerPlace;
    std::unique_ptr<Tokenizer> tokenizer;
    FrameLoop loop;
    std::optional<MemoryWatch> watch;
    ModelInfo about;
    DeviceProduct product; // of the GPU; empty on a CPU
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
