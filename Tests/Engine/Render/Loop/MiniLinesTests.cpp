// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "Audio/Writer.h"
#include "Render/Loop/FrameLoop.h"
#include "Render/Loop/ReplayTap.h"
#include "Support/Tensors.h"
#include "Text/Tokenizer.h"

using namespace tableread::engine;
using namespace tableread::test;

// Tests/Data/mini: eight lines that PyTorch spoke with the embedded checkpoint.
namespace
{
const std::string root = TABLEREAD_ROOT;

class LatentTap : public Tap
{
public:
    void see (const std::string& name, at::Tensor& value) override
    {
        if (name.starts_with ("f") && name.ends_with (".latent"))
            latents.push_back (value.flatten().clone());
    }

    std::vector<at::Tensor> latents;
};

/** prefix: "line0." in the committed file, "" in a file of one line. voice: the name of its tensor. */
SequenceInput lineInput (const SafetensorsFile& file, const std::string& prefix, const std::string& voice,
                         std::int64_t frameToken)
{
    SequenceInput input;
    const auto ids = read (file, prefix + "ids");
    input.ids.assign (ids.const_data_ptr<std::int64_t>(), ids.const_data_ptr<std::int64_t>() + ids.numel());
    for (std::size_t i = 0; i < input.ids.size(); ++i)
        if (input.ids[i] == frameToken)
            input.voicePositions.push_back ((std::int64_t) i);
    input.voiceFeatures = read (file, voice);
    input.noise = std::make_unique<RecordedNoise> (read (file, prefix + "noise"));
    return input;
}

/** Everything that is needed to speak with the embedded model, loaded once. */
struct Mini
{
    Mini()
        : model (Checkpoint::open (root + "/Assets/models/mini"), {})
        , tokenizer (Tokenizer::load (root + "/Assets/models/mini"))
    {
        const auto& s = tokenizer->specials();
        special = { s.speechStart, s.speechEnd, s.speechFrame, s.endOfText };
        std::ifstream in (root + "/Tests/Data/mini/lines.json");
        lines = nlohmann::json::parse (in).at ("lines");
    }

    VibeVoice model;
    std::unique_ptr<Tokenizer> tokenizer;
    SpecialTokens special;
    nlohmann::json lines;
};
} // namespace

TEST_CASE ("The embedded model speaks as it does in PyTorch: ten frames of eight lines within 1e-3",
           "[engine][render][mini]")
{
    const c10::InferenceMode noGradients;
    Mini mini;
    const SafetensorsFile file (root + "/Tests/Data/mini/lines.safetensors");
    REQUIRE (mini.lines.size() == 8);
    for (const auto& line : mini.lines)
    {
        const auto name = line.at ("name").get<std::string>();
        LatentTap seen;
        const std::filesystem::path recording (line.at ("voice").get<std::string>());
        auto input =
            lineInput (file, name + ".", "voice." + recording.stem().string(), mini.special.speechFrame);
        input.tokenLimit = 10;
        input.tap = &seen;
        FrameLoop loop (mini.model, mini.special);
        const auto sequence = loop.join (std::move (input));
        while (loop.step())
        {}
        const auto wanted = read (file, name + ".latents");
        REQUIRE (seen.latents.size() == 10);
        auto tokens = line.at ("tokens").get<std::vector<std::int64_t>>();
        tokens.resize (10);
        CHECK (sequence->report.tokens == tokens);
        for (std::int64_t f = 0; f < 10; ++f)
        {
            INFO (name << ", frame " << f);
            CHECK (relativeError (seen.latents[(std::size_t) f], wanted[f]) < 1e-3);
        }
    }
}

TEST_CASE ("Whole lines with PyTorch's noise, as WAV files for a recogniser", "[.wer]")
{
    // By hand: make-mini --full FOLDER, this with TABLEREAD_WER_IN=FOLDER TABLEREAD_WER_OUT=OURS, wer.py OURS FOLDER
    const auto *in = std::getenv ("TABLEREAD_WER_IN"), *out = std::getenv ("TABLEREAD_WER_OUT");
    REQUIRE (in != nullptr);
    REQUIRE (out != nullptr);
    const c10::InferenceMode noGradients;
    Mini mini;
    for (const auto& line : mini.lines)
    {
        const auto name = line.at ("name").get<std::string>();
        const SafetensorsFile file (std::string (in) + "/" + name + ".safetensors");
        auto input = lineInput (file, "", "voices", mini.special.speechFrame);
        const auto wav = tableread::AudioWriter::create (std::string (out) + "/" + name + ".wav",
                                                         tableread::AudioFormat {})
                             .value();
        input.events.onFrame = [&] (auto frame) { REQUIRE (wav->write (frame)); };
        FrameLoop loop (mini.model, mini.special);
        const auto sequence = loop.join (std::move (input));
        while (loop.step())
        {}
        REQUIRE (wav->finish());
        CHECK (sequence->report.tokens == line.at ("tokens").get<std::vector<std::int64_t>>());
    }
}
