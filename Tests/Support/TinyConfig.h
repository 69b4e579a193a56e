// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

namespace tableread::test
{
/** The config.json of a tiny VibeVoice, hop 16, in the official layout: small enough to be altered in tests. */
inline nlohmann::json tinyOfficialConfig()
{
    return nlohmann::json::parse (R"({
        "model_type": "vibevoice", "acostic_vae_dim": 8, "semantic_vae_dim": 16, "tie_word_embeddings": true,
        "decoder_config": {
            "model_type": "qwen2", "hidden_act": "silu", "hidden_size": 64, "intermediate_size": 160,
            "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 256,
            "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0, "rope_scaling": null,
            "use_sliding_window": false },
        "acoustic_tokenizer_config": {
            "channels": 1, "causal": true, "vae_dim": 8, "fix_std": 0.5, "std_dist_type": "gaussian",
            "layernorm": "RMSNorm", "layernorm_eps": 1e-5, "mixer_layer": "depthwise_conv", "encoder_n_filters": 4,
            "encoder_ratios": [4, 2, 2], "encoder_depths": "1-1-2-3", "decoder_n_filters": 4,
            "decoder_ratios": [4, 2, 2], "decoder_depths": null },
        "semantic_tokenizer_config": {
            "channels": 1, "causal": true, "vae_dim": 16, "fix_std": 0, "std_dist_type": "none",
            "layernorm": "RMSNorm", "layernorm_eps": 1e-5, "mixer_layer": "depthwise_conv", "encoder_n_filters": 6,
            "encoder_ratios": [2, 8], "encoder_depths": [1, 2, 1] },
        "diffusion_head_config": {
            "hidden_size": 64, "latent_size": 8, "speech_vae_dim": 8, "head_layers": 2, "head_ffn_ratio": 3.0,
            "rms_norm_eps": 1e-5, "ddpm_num_steps": 1000, "prediction_type": "v_prediction",
            "ddpm_beta_schedule": "cosine" }
    })");
}

/** The same model as transformers writes it. */
inline nlohmann::json tinyConvertedConfig()
{
    return nlohmann::json::parse (R"({
        "model_type": "vibevoice", "audio_token_id": 254,
        "text_config": {
            "model_type": "qwen2", "hidden_act": "silu", "hidden_size": 64, "intermediate_size": 160,
            "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 256,
            "max_position_embeddings": 4096, "rms_norm_eps": 1e-6,
            "rope_parameters": { "rope_theta": 1000000.0, "rope_type": "default" } },
        "audio_config": {
            "channels": 1, "hidden_size": 8, "kernel_size": 7, "num_filters": 4, "downsampling_ratios": [2, 2, 4],
            "depths": [1, 1, 2, 3], "rms_norm_eps": 1e-5, "vae_std": 0.625, "ffn_expansion": 4 },
        "semantic_model_config": {
            "channels": 1, "hidden_size": 16, "num_filters": 6, "downsampling_ratios": [8, 2], "depths": [1, 2, 1],
            "rms_norm_eps": 1e-5 },
        "diffusion_head_config": {
            "hidden_size": 64, "latent_size": 8, "num_hidden_layers": 2, "intermediate_size": 192,
            "rms_norm_eps": 1e-5, "frequency_embedding_size": 256 }
    })");
}
} // namespace tableread::test
