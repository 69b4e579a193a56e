// SPDX-License-Identifier: Apache-2.0
#include "Render/Replay.h"

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/InferenceMode.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "Checkpoint/Safetensors/JsonText.h"
#include "Core/Error.h"
#include "Kernels/Gpu/Devices.h"
#include "Kernels/Parallel.h"
#include "Render/Loop/FrameLoop.h"
#include "Render/Loop/ReplayTap.h"
#include "Render/Loop/TorchErrors.h"
#include "Render/Loop/VoiceEncoder.h"

namespace tableread::engine
{
namespace
{
struct Golden
{
    explicit Golden (const std::filesystem::path& folder) : tensors (folder / "golden.safetensors")
    {
        const auto path = folder / "golden.json";
        constexpr std::uint64_t mostBytes = 1 << 24;
        json = nlohmann::json::parse (readTextFile (path, mostBytes), nullptr, false);
        if (json.is_discarded())
            fail (ErrorCode::InvalidInput, "is no JSON. Make the golden again with golden.py.",
                  path.string());
        try
        {
            dtype = json.at ("dtype").get<std::string>();
            tokens = json.at ("tokens").get<std::vector<std::int64_t>>();
            isFree = json.at ("script").is_null();
            settings.steps = json.at ("diffusion_steps").get<int>();
            settings.guidanceScale = json.at ("cfg_scale").get<float>();
            const auto& ids = json.at ("special");
            special = { ids.at ("bos"), ids.at ("eos"), ids.at ("diff"), ids.at ("text_eos") };
            frames = json.at ("voice_frames").get<std::vector<std::int64_t>>();
        }
        catch (const nlohmann::json::exception& e)
        {
            fail (ErrorCode::InvalidInput, std::string (e.what()) + ". Make the golden again with golden.py.",
                  path.string());
        }
        if (dtype == "bfloat16")
            wide.emplace (folder / "golden.fp32.safetensors");
    }

    SafetensorsFile tensors;
    std::optional<SafetensorsFile> wide;
    nlohmann::json json;
    std::string dtype;
    std::vector<std::int64_t> tokens, frames;
    bool isFree = false; // the golden's tokens were PyTorch's own choice
    RenderSettings settings;
    SpecialTokens special;
};

at::Tensor voiceFeatures (const VibeVoice& model, const Golden& golden, Tap& seer)
{
    const auto waves = read (golden.tensors, "wav"), noise = read (golden.tensors, "noise.vae");
    const auto scalars = read (golden.tensors, "noise.vae_scalar");
    std::vector<at::Tensor> means, features;
    for (std::int64_t v = 0; v < waves.size (0); ++v)
    {
        // The original pads all voices to the longest: a shorter one ends in zero samples.
        const auto wave = waves[v][0].contiguous();
        const auto frames = golden.frames[(std::size_t) v];
        means.push_back (encodeMeans (model, { wave.const_data_ptr<float>(), (std::size_t) wave.numel() })
                             .slice (0, 0, frames));
        features.push_back (
            sampleVoice (model, means.back(), scalars[v].item<float>(), noise[v].slice (0, 0, frames)));
    }
    auto allMeans = at::cat (means), allFeatures = at::cat (features);
    seer.see ("voice.mean", allMeans);
    seer.see ("voice.ac_in", allFeatures);
    return allFeatures;
}

/** Collects the results of a sequence, and shows them as a whole to another tap. */
class Collector : public Tap
{
public:
    explicit Collector (Tap& next) : inner (next) {}

    void see (const std::string& name, at::Tensor& value) override
    {
        inner.see (name, value);
        if (name.starts_with ("f") && name.ends_with (".latent"))
            latents.push_back (value.reshape ({ 1, -1 }).clone());
        if (name.starts_with ("f") && name.ends_with (".audio"))
            audio.push_back (value.flatten().clone());
    }

    /** The whole utterance at once: equal to streaming if there is no reset between the frames. */
    void seeWhole (const VibeVoice& model)
    {
        auto all = at::cat (audio);
        inner.see ("audio", all);
        CodecState decoderState, encoderState;
        auto whole = model.decoder.decode (model.unscaled (at::cat (latents)).unsqueeze (0), decoderState);
        inner.see ("whole.audio", whole);
        auto semantic = model.semanticEncoder.encode (all.unsqueeze (0), encoderState);
        inner.see ("whole.semantic", semantic);
    }

private:
    Tap& inner;
    std::vector<at::Tensor> latents, audio;
};

/** One replay. @returns the tokens that the engine took. */
std::vector<std::int64_t> run (VibeVoice& model, const Golden& golden, Tap& compare, bool ownTokens)
{
    Collector collector (compare);
    SequenceInput input;
    const auto ids = read (golden.tensors, "input_ids").flatten();
    input.ids.assign (ids.const_data_ptr<std::int64_t>(), ids.const_data_ptr<std::int64_t>() + ids.numel());
    for (std::size_t i = 0; i < input.ids.size(); ++i)
        if (input.ids[i] == golden.special.speechFrame)
            input.voicePositions.push_back ((std::int64_t) i);
    if (! golden.frames.empty())
        input.voiceFeatures = voiceFeatures (model, golden, collector);
    input.settings = golden.settings;
    input.noise = std::make_unique<RecordedNoise> (read (golden.tensors, "noise.frame"));
    input.tokenLimit = (std::int64_t) golden.tokens.size();
    if (! ownTokens)
        input.forcedTokens = golden.tokens;
    input.tap = &collector;
    FrameLoop loop (model, golden.special);
    const auto sequence = loop.join (std::move (input));
    while (loop.step())
    {}
    if (sequence->report.frames > 0)
        collector.seeWhole (model);
    return sequence->report.tokens;
}

void checkMissing (const ReplayTap& tap, const Golden& golden)
{
    auto missing = tap.missing();
    if (golden.settings.guidanceScale == 1.0f) // the negative branch is skipped
        std::erase_if (missing, [] (const auto& name) {
            return name.starts_with ("lm.n") || name.ends_with (".neg_condition");
        });
    if (! missing.empty())
        fail (ErrorCode::Internal,
              "the engine never came to " + *missing.begin() + " (and " +
                  std::to_string (missing.size() - 1) + " more tensors of the golden).",
              golden.tensors.path().string());
}

ReplayReport replayGolden (const std::filesystem::path& folder, const ReplayOptions& options)
{
    const c10::InferenceMode noGradients;
    kernels::setThreads (options.threads);
    const auto device = deviceFor (options.device);
    const c10::DeviceGuard onDevice (device);
    const Golden golden (folder);
    VibeVoice::Settings settings { .compute = golden.wide ? ComputeType::BFloat16 : ComputeType::Float32,
                                   .device = device };
    settings.offload.settings.weights = options.weights;
    VibeVoice model (Checkpoint::open (folder), settings);
    ReplayReport report { golden.dtype, true, {}, {}, {} };

    ReplayTap forced (golden.wide ? *golden.wide : golden.tensors, &golden.tensors);
    run (model, golden, forced, false);
    checkMissing (forced, golden);
    report.forced = forced.errors();
    if (golden.wide)
        report.ownError = golden.json.at ("own_error").get<std::map<std::string, double>>();
    if (golden.wide || options.weights != WeightsFormat::AsComputed)
        return report;
    ReplayTap free (golden.tensors, nullptr);
    report.tokensEqual = run (model, golden, free, golden.isFree) == golden.tokens;
    if (report.tokensEqual)
        checkMissing (free, golden);
    report.free = free.errors();
    return report;
}
} // namespace

ReplayReport replay (const std::filesystem::path& folder, const ReplayOptions& options)
{
    return withErrorsInWords ([&] { return replayGolden (folder, options); });
}
} // namespace tableread::engine
