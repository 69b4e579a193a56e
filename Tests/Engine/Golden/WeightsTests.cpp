// SPDX-License-Identifier: Apache-2.0
// What 8-bit layers cost, tensor class by tensor class, if each pass gets the inputs that it should have had.
// Assets/docs/weights.md states the figures.
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch.hpp>
#include <cmath>

#include "Checkpoint/TensorNames.h"
#include "Engine/Golden/GoldenFolder.h"
#include "Render/Convert.h"
#include "Render/Loop/FrameLoop.h"
#include "Render/Loop/ReplayTap.h"
#include "Render/Replay.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/Tensors.h"
#include "Text/Tokenizer.h"

using namespace tableread::engine;
using namespace tableread::test;
using namespace tableread::test;

namespace
{
const std::set<std::string> ofLanguageModel { "lm.p.out",          "lm.n.out",        "logits",
                                              "prefill.layer.out", "f.pos_condition", "f.neg_condition" };
const std::set<std::string> ofDiffusion { "f.s.v", "f.s.x", "f.latent" };

/** |quantised − matrix| / |matrix| of the layers' worst matrix. */
double worstRounding (const Checkpoint& checkpoint, WeightsFormat format)
{
    const WeightReader reader (checkpoint, at::kFloat, at::kCPU, format);
    double worst = 0;
    for (const auto& name : checkpoint.names())
        if (isLayerMatrix (name))
        {
            const auto shape = checkpoint.tensor (name).shape;
            worst = std::max (
                worst, relativeError (kernels::dequantise (reader.forLayers().byteMatrix (name, shape)),
                                      reader.values (name, shape)));
        }
    return worst;
}

/** Three rounded products follow each other in a layer (v and o, or up and down, and what they read). Each adds its
    own rounding to the sum that all layers share: √(3 · layers) of one. Three times that for the worst of a few dozen
    tensors of 24 to 40 numbers, which vary widely; real models have thousands and do not need it. */
double languageModelLimit (const Checkpoint& checkpoint, double rounding)
{
    return 3.0 * rounding * std::sqrt (3.0 * (double) checkpoint.config().languageModel.layers);
}

/** The condition reaches the head by a shift, a scale and a gate in each of its layers and the last one; guidance weighs
    the two branches, whose errors are independent, with g and 1 − g. */
double headGain (const Checkpoint& checkpoint, double guidance)
{
    return std::sqrt (3.0 * (double) (checkpoint.config().diffusionHead.layers + 1)) *
           std::hypot (guidance, guidance - 1.0);
}

double errorOf (const std::map<std::string, double>& errors, const std::string& name)
{
    const auto found = errors.find (name);
    return found == errors.end() ? 0.0 : found->second;
}
} // namespace

TEST_CASE ("8-bit layers cost the goldens what their rounding predicts, and nothing else changes",
           "[engine][golden][weights]")
{
    for (const auto& name : goldenNames())
        for (const auto format : { WeightsFormat::Int8, WeightsFormat::Float8 })
            DYNAMIC_SECTION (name << ", " << nameOf (format))
            {
                const auto folder = goldenRoot / name;
                const auto checkpoint = Checkpoint::open (folder);
                const auto json = goldenJson (folder);
                const auto plain = replay (folder, { .threads = 1 }),
                           bytes = replay (folder, { .threads = 1, .weights = format });
                REQUIRE (bytes.forced.size() == plain.forced.size());
                const auto rounding = worstRounding (*checkpoint, format);
                CHECK (rounding > 0.001);
                CHECK (rounding < (format == WeightsFormat::Int8 ? 0.010 : 0.030));
                const auto limit = languageModelLimit (*checkpoint, rounding);
                const auto condition = std::max (errorOf (bytes.forced, "f.pos_condition"),
                                                 errorOf (bytes.forced, "f.neg_condition"));
                for (const auto& [type, error] : bytes.forced)
                {
                    INFO (type << " without 8 bits " << plain.forced.at (type) << ", rounding " << rounding);
                    if (ofLanguageModel.contains (type))
                    {
                        CHECK (error <= limit);
                        CHECK (error > rounding / 2); // the 8-bit layers are in use
                    }
                    else if (ofDiffusion.contains (type))
                        CHECK (error <= bf16Factor * errorOf (plain.ownError, type) + forcedTolerance +
                                            headGain (*checkpoint, json.at ("cfg_scale")) * condition);
                    else
                        CHECK (error == plain.forced.at (type));
                }
            }
}

TEST_CASE ("A converted golden replays like one that is converted while it is loaded, bit for bit",
           "[engine][golden][weights][convert]")
{
    const auto name = GENERATE (as<std::string> {}, "a-bf16", "b-three-voices");
    const auto format = GENERATE (WeightsFormat::Int8, WeightsFormat::Float8);
    const auto folder = goldenRoot / name;
    const TemporaryFolder place;
    const auto converted = place.path() / "converted";
    convertCheckpoint ({ .from = folder, .to = converted, .weights = format });
    for (const auto& entry : std::filesystem::directory_iterator (folder))
        if (entry.path().filename().string().starts_with ("golden.") &&
            entry.path().extension() == ".safetensors")
            std::filesystem::copy_file (entry.path(), converted / entry.path().filename());
    const auto file = replay (converted, { .threads = 1, .weights = format }),
               load = replay (folder, { .threads = 1, .weights = format });
    CHECK (file.forced == load.forced);
}

namespace
{
/** Keeps what passes. */
class Recorder : public Tap
{
public:
    void see (const std::string& name, at::Tensor& value) override
    {
        const auto flat = value.flatten().contiguous();
        const auto* from = flat.const_data_ptr<float>();
        seen.addFloats (name, { flat.numel() }, { from, from + flat.numel() });
    }

    SafetensorsWriter seen;
};

const auto mini = std::filesystem::path (TABLEREAD_ROOT) / "Assets/models/mini";

/** The first line of Tests/Data/mini, ten frames of it. */
std::vector<std::int64_t> speakLine (VibeVoice& model, Tap& tap, std::vector<std::int64_t> forced)
{
    const SafetensorsFile lines (std::filesystem::path (TABLEREAD_ROOT) /
                                 "Tests/Data/mini/lines.safetensors");
    const auto ids = read (lines, "line0.ids");
    const auto ofTokenizer = Tokenizer::load (mini)->specials();
    const SpecialTokens special { ofTokenizer.speechStart, ofTokenizer.speechEnd, ofTokenizer.speechFrame,
                                  ofTokenizer.endOfText };
    SequenceInput input;
    input.ids.assign (ids.const_data_ptr<std::int64_t>(), ids.const_data_ptr<std::int64_t>() + ids.numel());
    for (std::size_t i = 0; i < input.ids.size(); ++i)
        if (input.ids[i] == special.speechFrame)
            input.voicePositions.push_back ((std::int64_t) i);
    input.voiceFeatures = read (lines, "voice.anna");
    input.noise = std::make_unique<RecordedNoise> (read (lines, "line0.noise"));
    input.tokenLimit = 10;
    input.forcedTokens = std::move (forced);
    input.tap = &tap;
    FrameLoop loop (model, special);
    const auto sequence = loop.join (std::move (input));
    while (loop.step())
    {}
    return sequence->report.tokens;
}
} // namespace

TEST_CASE ("On the embedded model 8-bit layers move each tensor class by a few percent of bf16",
           "[engine][golden][weights][mini]")
{
    const c10::InferenceMode noGradients;
    const auto load = [] (WeightsFormat format) {
        VibeVoice::Settings settings { .compute = ComputeType::BFloat16 };
        settings.offload.settings.weights = format;
        return VibeVoice (Checkpoint::open (mini), settings);
    };
    const TemporaryFolder folder;
    std::vector<std::int64_t> tokens;
    {
        auto model = load (WeightsFormat::AsComputed);
        Recorder recorder;
        tokens = speakLine (model, recorder, {});
        recorder.seen.write (folder.path() / "bf16.safetensors");
    }
    const SafetensorsFile reference (folder.path() / "bf16.safetensors");
    for (const auto format : { WeightsFormat::Int8, WeightsFormat::Float8 })
    {
        auto model = load (format);
        ReplayTap tap (reference, &reference);
        CHECK (speakLine (model, tap, tokens) == tokens);
        for (const auto& [type, error] : tap.errors())
            WARN (nameOf (format) << " " << type << " " << error);
    }
}
