// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/TensorNames.h"

#include <catch2/catch.hpp>

#include "Checkpoint/Checkpoint.h"

using namespace tableread::engine;

TEST_CASE ("Tensor names translate both ways, as the conversion script has them", "[engine][checkpoint]")
{
    const auto [official, converted] = GENERATE (table<std::string, std::string> ({
        { "model.language_model.layers.7.mlp.up_proj.weight",
          "model.language_model.layers.7.mlp.up_proj.weight" },
        { "lm_head.weight", "lm_head.weight" },
        { "model.acoustic_tokenizer.encoder.downsample_layers.0.0.conv.conv.weight",
          "model.audio_tower.encoder.stem.conv.conv.weight" },
        { "model.acoustic_tokenizer.encoder.downsample_layers.3.0.conv.conv.bias",
          "model.audio_tower.encoder.conv_layers.2.conv.conv.bias" },
        { "model.acoustic_tokenizer.encoder.stages.0.1.gamma",
          "model.audio_tower.encoder.stem.stage.1.gamma" },
        { "model.acoustic_tokenizer.encoder.stages.6.7.ffn.linear1.weight",
          "model.audio_tower.encoder.conv_layers.5.stage.7.ffn.linear1.weight" },
        { "model.acoustic_tokenizer.encoder.stages.12.10.mixer.conv.conv.conv.weight",
          "model.audio_tower.encoder.conv_layers.11.stage.10.mixer.conv.weight" },
        { "model.acoustic_tokenizer.encoder.head.conv.conv.weight",
          "model.audio_tower.encoder.head.conv.weight" },
        { "model.acoustic_tokenizer.decoder.upsample_layers.0.0.conv.conv.bias",
          "model.audio_tower.decoder.stem.conv.conv.bias" },
        { "model.acoustic_tokenizer.decoder.upsample_layers.6.0.convtr.convtr.weight",
          "model.audio_tower.decoder.conv_layers.5.convtr.convtr.weight" },
        { "model.acoustic_tokenizer.decoder.stages.0.0.mixer.conv.conv.conv.bias",
          "model.audio_tower.decoder.stem.stage.0.mixer.conv.bias" },
        { "model.semantic_tokenizer.encoder.downsample_layers.1.0.conv.conv.weight",
          "model.semantic_tokenizer_encoder.conv_layers.0.conv.conv.weight" },
        { "model.semantic_tokenizer.encoder.stages.2.0.ffn_norm.weight",
          "model.semantic_tokenizer_encoder.conv_layers.1.stage.0.ffn_norm.weight" },
        { "model.acoustic_connector.fc1.bias", "model.multi_modal_projector.linear_1.bias" },
        { "model.acoustic_connector.norm.weight", "model.multi_modal_projector.act.weight" },
        { "model.semantic_connector.fc2.weight", "model.semantic_connector.linear_2.weight" },
        { "model.semantic_connector.norm.weight", "model.semantic_connector.act.weight" },
        { "model.prediction_head.noisy_images_proj.weight", "model.diffusion_head.noisy_images_proj.weight" },
        { "model.prediction_head.t_embedder.mlp.0.weight", "model.diffusion_head.timestep_proj.fc1.weight" },
        { "model.prediction_head.t_embedder.mlp.2.weight", "model.diffusion_head.timestep_proj.fc2.weight" },
        { "model.prediction_head.layers.3.adaLN_modulation.1.weight",
          "model.diffusion_head.layers.3.linear.weight" },
        { "model.prediction_head.layers.3.ffn.gate_proj.weight",
          "model.diffusion_head.layers.3.ffn.gate_proj.weight" },
        { "model.prediction_head.final_layer.adaLN_modulation.1.weight",
          "model.diffusion_head.final_layer.linear_1.weight" },
        { "model.prediction_head.final_layer.linear.weight",
          "model.diffusion_head.final_layer.linear_2.weight" },
        { "model.speech_scaling_factor", "model.latent_scaling_factor" },
        { "model.speech_bias_factor", "model.latent_bias_factor" },
        { "model.prediction_head.layers.0.adaLN_modulation.1.weight_scale",
          "model.diffusion_head.layers.0.linear.weight_scale" },
    }));
    CHECK (officialTensorName (converted) == official);
    CHECK (officialTensorName (official) == official);
    CHECK (convertedTensorName (official) == converted);
}

TEST_CASE ("Tensor names of the converter's earlier draft are known", "[engine][checkpoint]")
{
    CHECK (officialTensorName ("model.diffusion_head.timestep_embedder.layer_1.weight") ==
           "model.prediction_head.t_embedder.mlp.0.weight");
    CHECK (officialTensorName ("model.diffusion_head.timestep_embedder.layer_2.weight") ==
           "model.prediction_head.t_embedder.mlp.2.weight");
}

TEST_CASE ("Unknown tensor names stay as they are", "[engine][checkpoint]")
{
    const auto name = GENERATE (as<std::string> {}, "", ".", "model.", "x.y", "model.speech_factor",
                                "model.language_model.embed_tokens.weight_scale");
    CHECK (officialTensorName (name) == name);
    CHECK (convertedTensorName (name) == name);
}

TEST_CASE ("Tensor names with malformed indices do not turn into others", "[engine][checkpoint]")
{
    const auto rest =
        GENERATE (as<std::string> {}, "conv_layers.", "conv_layers.x.stage.0.gamma", "conv_layers.1",
                  "conv_layers.-1.stage.0.gamma", "conv_layers.99999.stage.0.gamma",
                  "conv_layers.99999999999999999999.stage.0.gamma", "conv_layers.0.convtr.convtr.weight");
    CHECK (officialTensorName ("model.audio_tower.encoder." + rest) ==
           "model.acoustic_tokenizer.encoder." + rest);
}

TEST_CASE ("Every tensor name of the embedded model survives a round trip", "[engine][checkpoint]")
{
    const auto mini = Checkpoint::open (std::filesystem::path (TABLEREAD_ROOT) / "Assets/models/mini");
    REQUIRE (mini->names().size() == 479);
    int changed = 0;
    for (const auto& name : mini->names())
    {
        const auto converted = convertedTensorName (name);
        changed += converted != name;
        CHECK (officialTensorName (converted) == name);
    }
    CHECK (changed ==
           479 - 96 - 2); // only the language model's keep their names: 8 layers of 12, embedding, norm
}

TEST_CASE ("The matrices of decoder layers, and nothing else, are recognised by their names",
           "[engine][checkpoint][weights]")
{
    for (const std::string matrix : { "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                      "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj" })
    {
        CHECK (isLayerMatrix ("model.language_model.layers.0." + matrix + ".weight"));
        CHECK (isLayerMatrix ("model.language_model.layers.27." + matrix + ".weight"));
        CHECK_FALSE (isLayerMatrix ("model.language_model.layers.27." + matrix + ".bias"));
        CHECK_FALSE (isLayerMatrix ("model.language_model.layers.27." + matrix + ".weight_scale"));
        CHECK_FALSE (isLayerMatrix ("model.prediction_head.layers.0." + matrix + ".weight"));
    }
    CHECK_FALSE (isLayerMatrix ("model.prediction_head.layers.0.ffn.gate_proj.weight"));
    CHECK_FALSE (isLayerMatrix ("model.language_model.layers.0.input_layernorm.weight"));
    CHECK_FALSE (isLayerMatrix ("model.language_model.layers.mlp.up_proj.weight"));
    CHECK_FALSE (isLayerMatrix ("model.language_model.embed_tokens.weight"));
}
