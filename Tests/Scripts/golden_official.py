# SPDX-License-Identifier: Apache-2.0
"""A tiny VibeVoice of random weights: its config as the official checkpoints write it, and its tensors under their names.

official() makes the config of a shape, build() the transformers model of a config, to_official() names a tensor."""
import json, math, re
import numpy as np
import torch
from transformers import AutoModel, VibeVoiceConfig, VibeVoiceForConditionalGeneration
from transformers.models.vibevoice_acoustic_tokenizer import VibeVoiceAcousticTokenizerDecoderConfig

# ------------------------------------------------------------------------------------------------- official config
PARTS = dict(lm="decoder_config", ac="acoustic_tokenizer_config", sem="semantic_tokenizer_config",
             head="diffusion_head_config")
CODEC = {"causal": True, "channels": 1, "conv_bias": True, "conv_norm": "none", "corpus_normalize": 0.0,
         "disable_last_norm": True, "encoder_depths": "1-1-2-2", "encoder_n_filters": 4, "encoder_ratios": [4, 2, 2],
         "layer_scale_init_value": 1e-6, "layernorm": "RMSNorm", "layernorm_elementwise_affine": True,
         "layernorm_eps": 1e-5, "mixer_layer": "depthwise_conv", "pad_mode": "constant", "weight_init_value": 0.01}
BASE = {                                                 # None: derived in official()
    "acostic_vae_dim": None,                             # the typo is in the official files
    "acoustic_tokenizer_config": {
        **CODEC, "decoder_depths": None, "decoder_n_filters": 4, "decoder_ratios": [4, 2, 2], "fix_std": 0.5,
        "model_type": "vibevoice_acoustic_tokenizer", "std_dist_type": "gaussian", "vae_dim": 8},
    "architectures": ["VibeVoiceForConditionalGeneration"],
    "decoder_config": {
        "attention_dropout": 0.0, "hidden_act": "silu", "hidden_size": 64, "initializer_range": 0.02,
        "intermediate_size": 160, "max_position_embeddings": 4096, "max_window_layers": None, "model_type": "qwen2",
        "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-6,
        "rope_scaling": None, "rope_theta": 1000000.0, "sliding_window": None, "tie_word_embeddings": None,
        "torch_dtype": None, "use_cache": True, "use_sliding_window": False, "vocab_size": 256},
    "diffusion_head_config": {
        "ddpm_batch_mul": 4, "ddpm_beta_schedule": "cosine", "ddpm_num_inference_steps": 20, "ddpm_num_steps": 1000,
        "diffusion_type": "ddpm", "head_ffn_ratio": 3.0, "head_layers": 2, "hidden_size": None, "latent_size": None,
        "model_type": "vibevoice_diffusion_head", "prediction_type": "v_prediction", "rms_norm_eps": 1e-5,
        "speech_vae_dim": None},
    "model_type": "vibevoice",
    "semantic_tokenizer_config": {**CODEC, "fix_std": 0, "model_type": "vibevoice_semantic_tokenizer",
                                  "std_dist_type": "none", "vae_dim": 16},
    "semantic_vae_dim": None, "tie_word_embeddings": None, "torch_dtype": None, "transformers_version": "4.51.3"}
SHAPES = {                                               # hop, heads/kv: a 16, 4/2; b 15, 6/2; c 24, 5/1; d 3200, 4/4
    "a": {},
    "b": {"lm.hidden_size": 48, "lm.intermediate_size": 112, "lm.num_hidden_layers": 3, "lm.num_attention_heads": 6,
          "lm.rms_norm_eps": 1e-5, "lm.rope_theta": 10000.0, "lm.vocab_size": 200, "head.head_layers": 3,
          "head.head_ffn_ratio": 2.0, "ac.vae_dim": 12, "ac.fix_std": 0.4, "ac.encoder_ratios": [5, 3],
          "ac.encoder_depths": "2-1-1", "ac.decoder_ratios": [5, 3], "ac.decoder_depths": "1-2-1",  # in decoder order
          "ac.decoder_n_filters": 6, "sem.vae_dim": 20, "sem.encoder_ratios": [3, 5], "sem.encoder_depths": "1-1-2",
          "sem.encoder_n_filters": 5},
    "c": {"lm.hidden_size": 80, "lm.intermediate_size": 200, "lm.num_hidden_layers": 2, "lm.num_attention_heads": 5,
          "lm.num_key_value_heads": 1, "lm.vocab_size": 300, "head.head_layers": 1, "head.rms_norm_eps": 1e-6,
          "ac.vae_dim": 5, "ac.fix_std": 0.8, "ac.encoder_ratios": [3, 2, 2, 2], "ac.encoder_depths": "1-1-1-1-2",
          "ac.encoder_n_filters": 3, "ac.decoder_ratios": [2, 3, 4], "ac.decoder_depths": "2-1-2-1",
          "ac.layernorm_eps": 1e-6, "sem.vae_dim": 7, "sem.encoder_ratios": [6, 4], "sem.encoder_depths": "1-2-1"},
    "d": {"lm.hidden_size": 32, "lm.intermediate_size": 96, "lm.num_hidden_layers": 5, "lm.num_key_value_heads": 4,
          "head.head_layers": 4, **{f"{part}.{side}_ratios": [8, 5, 5, 4, 2, 2] for part, side in
                                    (("ac", "encoder"), ("ac", "decoder"), ("sem", "encoder"))},
          "ac.encoder_depths": "1-1-1-1-1-1-2", "sem.encoder_depths": "1-1-1-1-1-1-2", "ac.encoder_n_filters": 1,
          "ac.decoder_n_filters": 1, "sem.encoder_n_filters": 1}}


def official(a):
    """The official-style config of a shape with its overrides; everything that must agree is derived here."""
    o = json.loads(json.dumps(BASE))
    for path, value in {**SHAPES[a.shape], **dict(a.set)}.items():
        part, key = path.split(".")
        if key not in o[PARTS[part]]:
            raise SystemExit(f"--set {path}: {PARTS[part]} has no {key}")
        o[PARTS[part]][key] = value
    lm, ac, sem, head = (o[p] for p in PARTS.values())
    o.update(acostic_vae_dim=ac["vae_dim"], semantic_vae_dim=sem["vae_dim"], tie_word_embeddings=a.tie,
             torch_dtype=a.dtype)
    lm.update(max_window_layers=lm["num_hidden_layers"], tie_word_embeddings=a.tie, torch_dtype=a.dtype)
    head.update(hidden_size=lm["hidden_size"], latent_size=ac["vae_dim"], speech_vae_dim=ac["vae_dim"])
    hops = [math.prod(r) for r in (ac["encoder_ratios"], ac["decoder_ratios"], sem["encoder_ratios"])]
    if len(set(hops)) > 1:
        raise SystemExit(f"hops differ: acoustic encoder, decoder, semantic encoder are {hops}")
    return o


def special(o):
    v = o["decoder_config"]["vocab_size"]                # same order as 151643, 151652, 151653, 151654
    return dict(bos=v - 4, eos=v - 3, diff=v - 2, text_eos=v - 13)


# ------------------------------------------------------------------------------------------------------------ model
def depths(s): return [int(x) for x in s.split("-")]


def build(o, seed, stored, compute):
    """transformers' model of an official config; random weights, rounded to `stored`, held in `compute`."""
    def codec(d, n, ratios, dep, **extra):
        return dict(hidden_size=d["vae_dim"], num_filters=n, rms_norm_eps=d["layernorm_eps"],
                    downsampling_ratios=list(reversed(ratios)), depths=dep,
                    layer_scale_init_value=d["layer_scale_init_value"], **extra)
    def encoder(d, **extra):
        return codec(d, d["encoder_n_filters"], d["encoder_ratios"], depths(d["encoder_depths"]), **extra)
    lm, ac, sem, head = (o[p] for p in PARTS.values())
    s = special(o)
    model = VibeVoiceForConditionalGeneration(VibeVoiceConfig(
        audio_config=encoder(ac, vae_std=ac["fix_std"] / 0.8), semantic_model_config=encoder(sem),
        text_config={k: v for k, v in lm.items() if k not in ("torch_dtype", "rope_scaling")},
        diffusion_head_config=dict(hidden_size=head["hidden_size"], latent_size=head["latent_size"],
                                   num_hidden_layers=head["head_layers"], rms_norm_eps=head["rms_norm_eps"],
                                   intermediate_size=int(head["head_ffn_ratio"] * head["hidden_size"])),
        pad_token_id=s["text_eos"], eos_token_id=s["text_eos"], audio_bos_token_id=s["bos"],
        audio_eos_token_id=s["eos"], audio_token_id=s["diff"])).eval()
    # transformers knows only a decoder that mirrors the encoder; the official config describes it separately
    back = depths(ac["decoder_depths"]) if ac["decoder_depths"] else depths(ac["encoder_depths"])[::-1]
    model.model.audio_tower.decoder = AutoModel.from_config(VibeVoiceAcousticTokenizerDecoderConfig(
        **codec(ac, ac["decoder_n_filters"], ac["decoder_ratios"], back))).eval()

    # weights that matter (defaults leave gammas at 1e-6 and norms at 1, which hides everything)
    rng = np.random.default_rng([seed, 0])
    with torch.no_grad():
        for n, p in model.named_parameters():
            r = torch.from_numpy(np.asarray(rng.standard_normal(tuple(p.shape)) if p.ndim else rng.uniform(-1, 1),
                                            dtype=np.float32))
            if n.endswith("gamma"): p.copy_(0.5 + 0.25 * r)
            elif "norm" in n or n.endswith("act.weight"): p.copy_(1.0 + 0.1 * r)
            elif n.endswith("latent_scaling_factor"): p.copy_(0.1962890625 * (1 + 0.2 * r))     # released values ± 20 %
            elif n.endswith("latent_bias_factor"): p.copy_(-0.04931640625 * (1 + 0.2 * r))
            elif p.ndim == 1: p.copy_(0.05 * r)
            else: p.copy_(r / math.sqrt(p.shape[0] * 2 if "convtr" in n else p.shape[1:].numel()))
    model.tie_weights()
    for p in model.parameters():       # NOT model.to(dtype): that would round the RoPE and timestep frequency buffers too
        p.data = p.data.to(stored).to(compute)
    assert all(b.dtype == torch.float32 for b in model.buffers() if b.is_floating_point())
    return model


def to_official(k):
    """transformers' tensor name -> official name (exact inverse of the conversion script)."""
    def codec(r, down):
        conv = "downsample_layers" if down else "upsample_layers"
        r = re.sub(r"^stem\.conv\.conv\.", f"{conv}.0.0.conv.conv.", r)
        r = re.sub(r"^stem\.stage\.", "stages.0.", r)
        r = re.sub(r"^conv_layers\.(\d+)\.(conv\.conv|convtr\.convtr)\.",
                   lambda m: f"{conv}.{int(m[1]) + 1}.0.{m[2]}.", r)
        r = re.sub(r"^conv_layers\.(\d+)\.stage\.", lambda m: f"stages.{int(m[1]) + 1}.", r)
        r = re.sub(r"^head\.conv\.", "head.conv.conv.", r)
        return r.replace("mixer.conv.", "mixer.conv.conv.conv.")
    for pre, new, down in (("model.audio_tower.encoder.", "model.acoustic_tokenizer.encoder.", True),
                           ("model.audio_tower.decoder.", "model.acoustic_tokenizer.decoder.", False),
                           ("model.semantic_tokenizer_encoder.", "model.semantic_tokenizer.encoder.", True)):
        if k.startswith(pre):
            return new + codec(k[len(pre):], down)
    for pre, new in (("model.multi_modal_projector.", "model.acoustic_connector."),
                     ("model.semantic_connector.", "model.semantic_connector.")):
        if k.startswith(pre):
            return new + k[len(pre):].replace("linear_1.", "fc1.").replace("act.", "norm.").replace("linear_2.", "fc2.")
    if k.startswith("model.diffusion_head."):
        r = k[len("model.diffusion_head."):]
        r = r.replace("timestep_proj.fc1.", "t_embedder.mlp.0.").replace("timestep_proj.fc2.", "t_embedder.mlp.2.")
        r = re.sub(r"^layers\.(\d+)\.linear\.", r"layers.\1.adaLN_modulation.1.", r)
        r = r.replace("final_layer.linear_1.", "final_layer.adaLN_modulation.1.")
        return "model.prediction_head." + r.replace("final_layer.linear_2.", "final_layer.linear.")
    return (k.replace("model.latent_scaling_factor", "model.speech_scaling_factor")
             .replace("model.latent_bias_factor", "model.speech_bias_factor"))
