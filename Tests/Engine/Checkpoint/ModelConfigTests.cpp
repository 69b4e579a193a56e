// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/ModelConfig.h"

#include <catch2/catch.hpp>

#include "Support/Failure.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/TinyConfig.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Json = nlohmann::json;
using Numbers = std::vector<std::int64_t>;

namespace
{
/** A config of either layout with one value replaced ("null" is as good as absent) or, if `value` is empty, removed. */
Json bent (Json config, const std::string& pointer, const std::string& value)
{
    const Json::json_pointer at (pointer);
    if (value.empty())
        config.at (at.parent_pointer()).erase (at.back());
    else
        config[at] = Json::parse (value);
    return config;
}

Error refusal (const Json& config)
{
    return failureOf ([&] { ModelConfig::parse (config.dump()); });
}
} // namespace

TEST_CASE ("ModelConfig reads each number of an official config", "[engine][checkpoint]")
{
    const auto c = ModelConfig::parse (tinyOfficialConfig().dump());

    CHECK (c.languageModel.hidden == 64);
    CHECK (c.languageModel.intermediate == 160);
    CHECK (c.languageModel.layers == 4);
    CHECK (c.languageModel.heads == 4);
    CHECK (c.languageModel.kvHeads == 2);
    CHECK (c.languageModel.headDim == 16);
    CHECK (c.languageModel.vocabulary == 256);
    CHECK (c.languageModel.maxPositions == 4096);
    CHECK (c.languageModel.normEps == 1e-6);
    CHECK (c.languageModel.ropeTheta == 1e6);

    CHECK (c.acousticEncoder.filters == 4);
    CHECK (c.acousticEncoder.ratios == Numbers { 2, 2, 4 });
    CHECK (c.acousticEncoder.depths == Numbers { 1, 1, 2, 3 });
    CHECK (c.acousticEncoder.dimension == 8);
    CHECK (c.acousticEncoder.normEps == 1e-5);
    CHECK (c.acousticDecoder.ratios == Numbers { 4, 2, 2 });
    CHECK (c.acousticDecoder.depths == Numbers { 3, 2, 1, 1 });
    CHECK (c.semanticEncoder.filters == 6);
    CHECK (c.semanticEncoder.ratios == Numbers { 8, 2 });
    CHECK (c.semanticEncoder.depths == Numbers { 1, 2, 1 });
    CHECK (c.semanticEncoder.dimension == 16);

    CHECK (c.diffusionHead.hidden == 64);
    CHECK (c.diffusionHead.latent == 8);
    CHECK (c.diffusionHead.layers == 2);
    CHECK (c.diffusionHead.ffn == 192);
    CHECK (c.diffusionHead.normEps == 1e-5);
    CHECK (c.diffusionHead.trainSteps == 1000);
    CHECK (c.vaeStd == 0.625);
    CHECK (c.frameSamples == 16);
    CHECK (c.targetDbFs == -25.0);
    CHECK (c.normalizerEps == 1e-6);
}

TEST_CASE ("ModelConfig gives the decoder its own width, ratios and depths, in its own order",
           "[engine][checkpoint]")
{
    auto config = tinyOfficialConfig();
    auto& codec = config["acoustic_tokenizer_config"];
    codec["decoder_n_filters"] = 6;
    codec["decoder_ratios"] = { 8, 2 };
    codec["decoder_depths"] = "3-1-2";

    const auto c = ModelConfig::parse (config.dump());
    CHECK (c.acousticEncoder.filters == 4);
    CHECK (c.acousticDecoder.filters == 6);
    CHECK (c.acousticDecoder.ratios == Numbers { 8, 2 });
    CHECK (c.acousticDecoder.depths == Numbers { 3, 1, 2 });
    CHECK (c.acousticDecoder.dimension == 8);
}

TEST_CASE ("ModelConfig reads the same model from both layouts", "[engine][checkpoint]")
{
    const auto a = ModelConfig::parse (tinyOfficialConfig().dump());
    const auto b = ModelConfig::parse (tinyConvertedConfig().dump());

    CHECK (b.languageModel.headDim == a.languageModel.headDim);
    CHECK (b.languageModel.ropeTheta == a.languageModel.ropeTheta);
    CHECK (b.acousticEncoder.ratios == a.acousticEncoder.ratios);
    CHECK (b.acousticDecoder.ratios == a.acousticDecoder.ratios);
    CHECK (b.acousticDecoder.depths == a.acousticDecoder.depths);
    CHECK (b.acousticDecoder.filters == a.acousticDecoder.filters);
    CHECK (b.semanticEncoder.ratios == a.semanticEncoder.ratios);
    CHECK (b.semanticEncoder.dimension == a.semanticEncoder.dimension);
    CHECK (b.diffusionHead.ffn == a.diffusionHead.ffn);
    CHECK (b.diffusionHead.layers == a.diffusionHead.layers);
    CHECK (b.vaeStd == a.vaeStd);
    CHECK (b.frameSamples == a.frameSamples);

    const auto spread =
        ModelConfig::parse (bent (tinyConvertedConfig(), "/audio_config/vae_std", "0.5").dump());
    CHECK (spread.vaeStd == 0.5);
    const auto theta = ModelConfig::parse (
        bent (tinyConvertedConfig(), "/text_config/rope_parameters", R"({"rope_theta": 1e4})").dump());
    CHECK (theta.languageModel.ropeTheta == 1e4);
}

TEST_CASE ("ModelConfig reads where either released file says whether embeddings are tied",
           "[engine][checkpoint]")
{
    const auto tied = [] (const nlohmann::json& config, const std::string& section, const std::string& top,
                          const std::string& inSection) {
        const std::string key = "/tie_word_embeddings";
        return ModelConfig::parse (bent (bent (config, key, top), "/" + section + key, inSection).dump())
            .tied;
    };
    using Flag = std::optional<bool>;
    const auto [top, inSection, read] = GENERATE (table<std::string, std::string, Flag> ({
        { "", "true", Flag (true) },   // the 1.5B file
        { "false", "", Flag (false) }, // the 7B file
        { "null", "false", Flag (false) },
        { "true", "false", Flag (true) }, // the original reads the top
        { "false", "true", Flag (false) },
        { "", "", Flag() },
    }));
    CAPTURE (top, inSection);
    CHECK (tied (tinyOfficialConfig(), "decoder_config", top, inSection) == read);
    CHECK (tied (tinyConvertedConfig(), "text_config", top, inSection) == read);
}

TEST_CASE ("ModelConfig accepts what the released files leave open", "[engine][checkpoint]")
{
    const auto [pointer, value] = GENERATE (table<std::string, std::string> ({
        { "/acostic_vae_dim", "" }, // spelt correctly, or missing
        { "/acoustic_vae_dim", "8" },
        { "/model_type", "\"vibepod\"" },
        { "/model_type", "" },
        { "/decoder_config/head_dim", "16" },
        { "/decoder_config/head_dim", "null" },
        { "/decoder_config/num_hidden_layers", "4.0" },
        { "/decoder_config/an_unknown_key", "{\"deep\": [1]}" },
        { "/acoustic_tokenizer_config/encoder_depths", "[1, 1, 2, 3]" },
        { "/acoustic_tokenizer_config/decoder_n_filters", "" },
        { "/acoustic_tokenizer_config/decoder_ratios", "" },
        { "/diffusion_head_config/ddpm_num_steps", "" },
    }));
    INFO (pointer << " = " << value);
    const auto c = ModelConfig::parse (bent (tinyOfficialConfig(), pointer, value).dump());
    CHECK (c.frameSamples == 16);
    CHECK (c.acousticDecoder.filters == 4);
    CHECK (c.languageModel.headDim == 16);
}

TEST_CASE ("ModelConfig refuses bad numbers in a sentence that names the key", "[engine][checkpoint]")
{
    const auto [pointer, value, words] = GENERATE (table<std::string, std::string, std::string> ({
        { "/decoder_config/hidden_size", "", "decoder_config.hidden_size is missing" },
        { "/decoder_config/hidden_size", "0", "decoder_config.hidden_size is 0; a whole number from 1 to" },
        { "/decoder_config/hidden_size", "-64", "hidden_size is -64" },
        { "/decoder_config/hidden_size", "64.5", "hidden_size is 64.5" },
        { "/decoder_config/hidden_size", "\"64\"", "hidden_size is \"64\"" },
        { "/decoder_config/hidden_size", "18446744073709551615", "hidden_size is 18446744073709551615" },
        { "/decoder_config/hidden_size", "1e300", "hidden_size is 1e+300" },
        { "/decoder_config/hidden_size", "62", "does not divide hidden_size 62" },
        { "/decoder_config/hidden_size", "60", "a head is 15 wide" },
        { "/decoder_config/hidden_size", "128", "diffusion_head_config.hidden_size is 64" },
        { "/decoder_config/intermediate_size", "0", "intermediate_size is 0" },
        { "/decoder_config/num_hidden_layers", "100000", "num_hidden_layers is 100000" },
        { "/decoder_config/num_attention_heads", "0", "num_attention_heads is 0" },
        { "/decoder_config/num_key_value_heads", "3", "num_key_value_heads 3 does not divide" },
        { "/decoder_config/num_key_value_heads", "8", "num_key_value_heads 8 does not divide" },
        { "/decoder_config/head_dim", "15", "a head is 15 wide" },
        { "/decoder_config/head_dim", "100000", "together more than" },
        { "/decoder_config/vocab_size", "1e12", "vocab_size is" },
        { "/decoder_config/max_position_embeddings", "[]", "max_position_embeddings is []" },
        { "/decoder_config/rms_norm_eps", "0", "rms_norm_eps is 0; a number from" },
        { "/decoder_config/rms_norm_eps", "true", "rms_norm_eps is true" },
        { "/decoder_config/rope_theta", "0.5", "rope_theta is 0.5" },
        { "/tie_word_embeddings", "1", "tie_word_embeddings is 1; true or false is needed" },
        { "/decoder_config/rope_theta", "", "rope_theta is missing" },
        { "/decoder_config", "7", "decoder_config is 7; an object is needed" },
        { "/acoustic_tokenizer_config", "", "acoustic_tokenizer_config is missing" },
        { "/acoustic_tokenizer_config/encoder_ratios", "[]", "encoder_ratios is []" },
        { "/acoustic_tokenizer_config/encoder_ratios", "[4, 0, 2]", "encoder_ratios is [4,0,2]" },
        { "/acoustic_tokenizer_config/encoder_ratios", "[4, \"2\", 2]", "encoder_ratios is [4,\"2\",2]" },
        { "/acoustic_tokenizer_config/encoder_ratios", "[4, 2]", "2 ratios and 4 depths" },
        { "/acoustic_tokenizer_config/encoder_ratios", "[1024, 1024, 1024]", "multiply to more than" },
        { "/acoustic_tokenizer_config/decoder_ratios", "[4, 4, 2]", "the acoustic decoder's hop is 32" },
        { "/acoustic_tokenizer_config/decoder_ratios", "[8, 2]", "2 ratios and 4 depths" },
        { "/acoustic_tokenizer_config/encoder_depths", "\"1-1-2-\"", "encoder_depths is \"1-1-2-\"" },
        { "/acoustic_tokenizer_config/encoder_depths", "\"\"", "encoder_depths is \"\"" },
        { "/acoustic_tokenizer_config/encoder_depths", "\"1-1-2-0\"", "encoder_depths is \"1-1-2-0\"" },
        { "/acoustic_tokenizer_config/encoder_depths", "\"1--1-2-3\"", "encoder_depths is" },
        { "/acoustic_tokenizer_config/encoder_depths", "\"1,1,2,3\"", "encoder_depths is \"1,1,2,3\"" },
        { "/acoustic_tokenizer_config/encoder_depths", "\"1-1-2-99999999999999999999\"",
          "encoder_depths is" },
        { "/acoustic_tokenizer_config/encoder_depths", "\"1-1-2\"", "3 ratios and 3 depths" },
        { "/acoustic_tokenizer_config/encoder_depths", "\"1-1-2-3-1-1-1-1-1-1-1-1-1-1-1-1-1-1\"",
          "encoder_depths" },
        { "/acoustic_tokenizer_config/encoder_n_filters", "100000", "doubled 3 times" },
        { "/acoustic_tokenizer_config/decoder_n_filters", "0", "decoder_n_filters is 0" },
        { "/acoustic_tokenizer_config/vae_dim", "9",
          "acostic_vae_dim is 8 but acoustic_tokenizer_config.vae_dim is 9" },
        { "/acoustic_tokenizer_config/fix_std", "-0.5", "fix_std is -0.5" },
        { "/acoustic_vae_dim", "7", "acoustic_vae_dim is 7" },
        { "/semantic_vae_dim", "15", "semantic_vae_dim is 15" },
        { "/semantic_tokenizer_config/encoder_ratios", "[2, 4]", "the semantic encoder's hop is 8" },
        { "/diffusion_head_config/latent_size", "9", "speech_vae_dim is 8 but" },
        { "/diffusion_head_config/head_ffn_ratio", "-3", "head_ffn_ratio is -3" },
        { "/diffusion_head_config/head_ffn_ratio", "0.01", "less than 1" },
        { "/diffusion_head_config/ddpm_num_steps", "1", "ddpm_num_steps is 1" },
        { "/diffusion_head_config/head_layers", "0", "head_layers is 0" },
        { "/model_type", "\"llama\"", "model of type \"llama\"" },
        { "/model_type", "3", "model_type is 3; a text is needed" },
    }));
    INFO (pointer << " = " << value);
    const auto error = refusal (bent (tinyOfficialConfig(), pointer, value));
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK (error.where == "config.json");
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("ModelConfig refuses bad numbers in the transformers layout", "[engine][checkpoint]")
{
    const auto [pointer, value, words] = GENERATE (table<std::string, std::string, std::string> ({
        { "/text_config/rope_parameters", "{}", "text_config.rope_theta is missing" },
        { "/audio_config", "", "audio_config is missing" },
        { "/audio_config/downsampling_ratios", "[2, 2, 2]", "the semantic encoder's hop is 16" },
        { "/audio_config/num_filters", "0", "audio_config.num_filters is 0" },
        { "/audio_config/vae_std", "-1", "audio_config.vae_std is -1" },
        { "/audio_config/hidden_size", "9", "latent_size is 8 but the acoustic codec's dimension is 9" },
        { "/semantic_model_config/depths", "[1, 2]", "2 ratios and 2 depths" },
        { "/diffusion_head_config/intermediate_size", "", "intermediate_size is missing" },
    }));
    INFO (pointer << " = " << value);
    const auto error = refusal (bent (tinyConvertedConfig(), pointer, value));
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("ModelConfig refuses what this engine would compute wrongly", "[engine][checkpoint]")
{
    const auto [pointer, value, words] = GENERATE (table<std::string, std::string, std::string> ({
        { "/model_type", "\"vibevoice_streaming\"", "vibevoice_streaming" },
        { "/decoder_config/model_type", "\"llama\"", "decoder_config.model_type is \"llama\"" },
        { "/decoder_config/hidden_act", "\"gelu\"", "computes only \"silu\"" },
        { "/decoder_config/use_sliding_window", "true", "use_sliding_window is true" },
        { "/decoder_config/rope_scaling", R"({"type": "yarn"})", "rope_scaling.type is \"yarn\"" },
        { "/decoder_config/rope_parameters", R"({"rope_type": "yarn"})", "rope_type is \"yarn\"" },
        { "/acoustic_tokenizer_config/channels", "2", "channels is 2" },
        { "/acoustic_tokenizer_config/causal", "false", "causal is false" },
        { "/acoustic_tokenizer_config/std_dist_type", "\"fix\"", "std_dist_type is \"fix\"" },
        { "/semantic_tokenizer_config/mixer_layer", "\"conv\"", "mixer_layer is \"conv\"" },
        { "/diffusion_head_config/prediction_type", "\"epsilon\"", "prediction_type is \"epsilon\"" },
        { "/diffusion_head_config/ddpm_beta_schedule", "\"linear\"", "ddpm_beta_schedule is \"linear\"" },
    }));
    INFO (pointer << " = " << value);
    const auto error = refusal (bent (tinyOfficialConfig(), pointer, value));
    CHECK (error.code == ErrorCode::Unsupported);
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("ModelConfig refuses what is not a config", "[engine][checkpoint]")
{
    const auto [text, words] = GENERATE (table<std::string, std::string> ({
        { "", "not valid JSON" },
        { "<!DOCTYPE html>", "at byte 1 " },
        { "[]", "not an object" },
        { "{}", "neither decoder_config" },
        { "{\"a\": 1, \"b\": {\"x\": 1, \"x\": 2}}", "\"x\" stands twice" },
        { "{\"a\": 1e999}", "too large" },
        { "{\"a\": \"\xff\"}", "not valid JSON" },
        { std::string (100'000, '['), "not valid JSON" },
        { tinyOfficialConfig().dump().substr (0, 300), "at byte 301 of 300" },
    }));
    INFO (text.substr (0, 60));
    const auto error = failureOf ([t = text] { ModelConfig::parse (t, {}, {}, "some/config.json"); });
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK (error.where == "some/config.json");
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("ModelConfig reads the normaliser from either layout's preprocessor_config.json",
           "[engine][checkpoint]")
{
    const auto config = tinyOfficialConfig().dump();
    const auto text = GENERATE (as<std::string> {},
                                R"({"speech_tok_compress_ratio": 16, "db_normalize": true,
                                    "audio_processor": {"sampling_rate": 24000, "target_dB_FS": -20, "eps": 1e-7}})",
                                R"({"feature_size": 1, "sampling_rate": 24000, "normalize_audio": true,
                                    "target_dB_FS": -20, "eps": 1e-7})");
    const auto c = ModelConfig::parse (config, text);
    CHECK (c.targetDbFs == -20.0);
    CHECK (c.normalizerEps == 1e-7);
}

TEST_CASE ("ModelConfig refuses a preprocessor that prepares voices differently", "[engine][checkpoint]")
{
    const auto [text, words] = GENERATE (table<std::string, std::string> ({
        { R"({"speech_tok_compress_ratio": 3200})",
          "speech_tok_compress_ratio is 3200 but config.json's hop is 16" },
        { R"({"db_normalize": false})", "db_normalize is false" },
        { R"({"audio_processor": {"sampling_rate": 16000}})", "audio_processor.sampling_rate is 16000" },
        { R"({"audio_processor": {"target_dB_FS": 3}})", "target_dB_FS is 3" },
        { R"({"eps": -1})", "eps is -1" },
        { "x", "not valid JSON" },
    }));
    INFO (text);
    const auto error =
        failureOf ([t = text] { ModelConfig::parse (tinyOfficialConfig().dump(), t, {}, "m/config.json"); });
    CHECK (error.where == "m/preprocessor_config.json");
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("ModelConfig takes the guidance scale from generation_config.json", "[engine][checkpoint]")
{
    const auto guidanceOf = [] (const std::string& text) {
        return ModelConfig::parse (tinyOfficialConfig().dump(), {}, text).defaultGuidance();
    };
    CHECK (guidanceOf (R"({"guidance_scale": 2.5, "max_new_tokens": null})") == 2.5f);
    CHECK (guidanceOf (R"({"guidance_scale": 0})") == 0.0f);
    CHECK (guidanceOf (R"({"guidance_scale": 100})") == 100.0f);
    CHECK (guidanceOf (R"({"guidance_scale": null})") == 1.3f);
    CHECK (guidanceOf (R"({"max_new_tokens": 7})") == 1.3f);
    CHECK (guidanceOf ({}) == 1.3f);
}

TEST_CASE ("ModelConfig refuses a guidance scale that is not a number from 0 to 100", "[engine][checkpoint]")
{
    const auto [text, words] = GENERATE (table<std::string, std::string> ({
        { R"({"guidance_scale": -0.5})", "guidance_scale is -0.5" },
        { R"({"guidance_scale": 100.5})", "guidance_scale is 100.5" },
        { R"({"guidance_scale": "2"})", "guidance_scale is \"2\"" },
        { R"({"guidance_scale": true})", "guidance_scale is true" },
        { R"({"guidance_scale": [2]})", "guidance_scale is [2]" },
        { R"({"guidance_scale": 1e999})", "too large" },
        { R"({"guidance_scale": NaN})", "not valid JSON" },
        { "[2]", "m/generation_config.json" },
    }));
    INFO (text);
    const auto error =
        failureOf ([t = text] { ModelConfig::parse (tinyOfficialConfig().dump(), {}, t, "m/config.json"); });
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK (error.where == "m/generation_config.json");
    CHECK_THAT (error.where + ": " + error.message, Catch::Contains (words));
}

TEST_CASE ("ModelConfig loads a folder and says what is missing in one", "[engine][checkpoint]")
{
    const TemporaryFolder folder;
    const auto load = [&] { return ModelConfig::load (folder.path()); };

    CHECK_THAT (failureOf (load).message, Catch::Contains ("holds no config.json"));
    CHECK (failureOf (load).code == ErrorCode::NotFound);
    CHECK (failureOf ([&] { ModelConfig::load (folder.path() / "absent"); }).code == ErrorCode::NotFound);

    writeFile (folder.path() / "config.json", tinyOfficialConfig().dump());
    CHECK (load().frameSamples == 16);
    writeFile (folder.path() / "preprocessor_config.json", R"({"audio_processor": {"target_dB_FS": -23}})");
    CHECK (load().targetDbFs == -23.0);
    CHECK (load().defaultGuidance() == 1.3f);
    writeFile (folder.path() / "generation_config.json", R"({"guidance_scale": 3})");
    CHECK (load().defaultGuidance() == 3.0f);
    writeFile (folder.path() / "config.json", std::string (8 << 20, ' '));
    CHECK_THAT (failureOf (load).message, Catch::Contains ("8388608 bytes long"));
}

TEST_CASE ("ModelConfig reads the shapes of the released models", "[engine][checkpoint]")
{
    struct Released
    {
        std::int64_t hidden, intermediate, heads, kvHeads, vocabulary, positions;
    };
    const auto [hidden, intermediate, heads, kvHeads, vocabulary, positions] = GENERATE (
        Released { 1536, 8960, 12, 2, 151936, 65536 }, Released { 3584, 18944, 28, 4, 152064, 32768 });
    auto config = tinyOfficialConfig();
    config["acostic_vae_dim"] = 64;
    config["semantic_vae_dim"] = 128;
    config["decoder_config"].update ({ { "hidden_size", hidden },
                                       { "intermediate_size", intermediate },
                                       { "num_hidden_layers", 28 },
                                       { "num_attention_heads", heads },
                                       { "num_key_value_heads", kvHeads },
                                       { "vocab_size", vocabulary },
                                       { "max_position_embeddings", positions } });
    for (const auto* part : { "acoustic_tokenizer_config", "semantic_tokenizer_config" })
        config[part].update ({ { "encoder_n_filters", 32 },
                               { "encoder_ratios", { 8, 5, 5, 4, 2, 2 } },
                               { "encoder_depths", "3-3-3-3-3-3-8" } });
    config["acoustic_tokenizer_config"].update (
        { { "vae_dim", 64 }, { "decoder_n_filters", 32 }, { "decoder_ratios", { 8, 5, 5, 4, 2, 2 } } });
    config["semantic_tokenizer_config"]["vae_dim"] = 128;
    config["diffusion_head_config"].update (
        { { "hidden_size", hidden }, { "latent_size", 64 }, { "speech_vae_dim", 64 }, { "head_layers", 4 } });

    const auto c = ModelConfig::parse (config.dump());
    CHECK (c.frameSamples == 3200);
    CHECK (c.languageModel.headDim == 128);
    CHECK (c.languageModel.maxPositions == positions);
    CHECK (c.diffusionHead.ffn == 3 * hidden);
    CHECK (c.acousticDecoder.depths == Numbers { 8, 3, 3, 3, 3, 3, 3 });
}

TEST_CASE ("ModelConfig reads the embedded model's config", "[engine][checkpoint]")
{
    const auto c = ModelConfig::load (std::filesystem::path (TABLEREAD_ROOT) / "Assets/models/mini");
    CHECK (c.frameSamples == 3200);
    CHECK (c.languageModel.hidden == 448);
    CHECK (c.acousticEncoder.filters == 8);
    CHECK (c.acousticEncoder.ratios == Numbers { 2, 2, 4, 5, 5, 8 });
    CHECK (c.acousticDecoder.filters == 12);
    CHECK (c.acousticDecoder.depths == Numbers { 1, 1, 2, 2, 2, 2, 2 });
    CHECK (c.diffusionHead.ffn == 1344);
}
