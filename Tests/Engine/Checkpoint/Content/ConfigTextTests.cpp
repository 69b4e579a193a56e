// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Content/ConfigText.h"

#include <catch2/catch.hpp>

#include "Support/TinyConfig.h"

using namespace tableread::engine;
using namespace tableread::test;
using Json = nlohmann::json;

namespace
{
const Json preprocessor { { "audio_processor", { { "target_dB_FS", -25.0 }, { "eps", 1e-6 } } } },
    generation { { "guidance_scale", 1.3 } };

/** With one value, by its JSON pointer, replaced. */
std::string textWith (const std::string& pointer, const Json& value)
{
    auto config = tinyOfficialConfig();
    config.at (Json::json_pointer (pointer)) = value;
    return textOf (ModelConfig::parse (config.dump()));
}
} // namespace

TEST_CASE ("A config's text has every value that the model uses", "[engine][checkpoint]")
{
    const auto text = textOf (ModelConfig::parse (tinyOfficialConfig().dump()));
    const auto [pointer, value] = GENERATE (table<std::string, Json> ({
        { "/decoder_config/intermediate_size", 161 },
        { "/decoder_config/num_hidden_layers", 5 },
        { "/decoder_config/num_attention_heads", 2 },
        { "/decoder_config/num_key_value_heads", 4 },
        { "/decoder_config/vocab_size", 257 },
        { "/decoder_config/max_position_embeddings", 4097 },
        { "/decoder_config/rms_norm_eps", 1.0000000001e-6 },
        { "/decoder_config/rope_theta", 1000001.0 },
        { "/acoustic_tokenizer_config/fix_std", 0.500000001 },
        { "/acoustic_tokenizer_config/layernorm_eps", 2e-5 },
        { "/acoustic_tokenizer_config/encoder_n_filters", 8 },
        { "/acoustic_tokenizer_config/encoder_ratios", { 2, 4, 2 } },
        { "/acoustic_tokenizer_config/encoder_depths", "1-1-2-2" },
        { "/acoustic_tokenizer_config/decoder_n_filters", 8 },
        { "/acoustic_tokenizer_config/decoder_ratios", { 2, 4, 2 } },
        { "/acoustic_tokenizer_config/decoder_depths", "1-1-1-1" },
        { "/semantic_tokenizer_config/layernorm_eps", 2e-5 },
        { "/semantic_tokenizer_config/encoder_n_filters", 4 },
        { "/semantic_tokenizer_config/encoder_ratios", { 8, 2 } },
        { "/semantic_tokenizer_config/encoder_depths", { 2, 1, 1 } },
        { "/diffusion_head_config/head_layers", 3 },
        { "/diffusion_head_config/head_ffn_ratio", 4.0 },
        { "/diffusion_head_config/rms_norm_eps", 2e-5 },
        { "/diffusion_head_config/ddpm_num_steps", 999 },
    }));
    INFO (pointer);
    CHECK (textWith (pointer, value) != text);
}

TEST_CASE ("A config's text has what files beside config.json say", "[engine][checkpoint]")
{
    const auto config = tinyOfficialConfig().dump();
    const auto text = textOf (ModelConfig::parse (config, preprocessor.dump(), generation.dump()));
    const auto with = [&] (const Json& one, const Json& other) {
        return textOf (ModelConfig::parse (config, one.dump(), other.dump()));
    };
    CHECK (with ({ { "audio_processor", { { "target_dB_FS", -24.0 } } } }, generation) != text);
    CHECK (with ({ { "audio_processor", { { "eps", 2e-6 } } } }, generation) != text);
    CHECK (with (preprocessor, { { "guidance_scale", 1.4 } }) != text);
    CHECK (with (preprocessor, { { "guidance_scale", 1.3 }, { "temperature", 2 } }) == text);
    CHECK (textOf (ModelConfig::parse (config)) == text); // the defaults
}

TEST_CASE ("A config's text is that of the model, not of the file", "[engine][checkpoint]")
{
    const auto text = textOf (ModelConfig::parse (tinyOfficialConfig().dump()));
    CHECK (textOf (ModelConfig::parse (tinyOfficialConfig().dump (4))) == text);
    CHECK (textOf (ModelConfig::parse (tinyConvertedConfig().dump())) == text);
    CHECK (textWith ("/tie_word_embeddings", false) == text); // the checkpoint says it
    auto more = tinyOfficialConfig();
    more["architectures"] = { "Any" };
    more["decoder_config"]["use_cache"] = true;
    CHECK (textOf (ModelConfig::parse (
               more.dump(), R"({"language_model_pretrained_name": "Qwen/Qwen2.5-1.5B"})")) == text);
}
