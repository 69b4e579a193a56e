# SPDX-License-Identifier: Apache-2.0
"""The VibeVoice model in plain PyTorch, for inference in fp32: every attribute is named as the official tensor it holds.

net (folder) loads a checkpoint (safetensors, single file or shards, int8 with `_scale` too); all sizes are its config's.
Letters: B batch, T frames, C channels, S samples, n positions, h hidden."""
import glob, json, math, os
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn


class Names(nn.Module):
    """Only spells a name of the checkpoint."""
    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items(): setattr(self, name, part)


def linear(i, o): return nn.Linear(i, o, bias=False)


class RMSNorm(nn.Module):
    def __init__(self, size, eps, affine=True):
        super().__init__()
        self.eps, self.weight = eps, nn.Parameter(torch.ones(size)) if affine else None
    def forward(self, x):
        y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)
        return y if self.weight is None else y * self.weight


def swiglu(m, x): return m.down_proj(F.silu(m.gate_proj(x)) * m.up_proj(x))


# --------------------------------------------------------------------------------------------------- codec, [B, C, S]
class Convolution(nn.Module):
    """Causal. `past`: {} at the start of a stream, kept between its chunks; None: a whole utterance, where the right
    is padded to a multiple of the stride."""
    def __init__(self, i, o, k, stride=1, groups=1):
        super().__init__()
        self.left, self.stride, self.conv = k - stride, stride, Names(conv=nn.Conv1d(i, o, k, stride, groups=groups))
    def forward(self, x, past):
        if past is None:
            x = F.pad(x, (self.left, -x.shape[-1] % self.stride))
        else:
            x = torch.cat([past.get(self, x.new_zeros(*x.shape[:2], self.left)), x], -1)
            past[self] = x[..., x.shape[-1] - self.left:]
        return self.conv.conv(x)


class Upsampling(nn.Module):
    """Transposed convolution of two strides' width: an output sample hears its own input and the one before."""
    def __init__(self, i, o, stride):
        super().__init__()
        self.stride, self.convtr = stride, Names(convtr=nn.ConvTranspose1d(i, o, 2 * stride, stride))
    def forward(self, x, past):
        before, n = past.get(self), x.shape[-1] * self.stride
        past[self] = x[..., -1:]
        if before is None: return self.convtr.convtr(x)[..., :n]
        return self.convtr.convtr(torch.cat([before, x], -1))[..., self.stride:self.stride + n]


class Block(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.norm, self.ffn_norm = RMSNorm(size, eps), RMSNorm(size, eps)
        self.mixer = Names(conv=Convolution(size, size, 7, groups=size))
        self.ffn = Names(linear1=nn.Linear(size, 4 * size), linear2=nn.Linear(4 * size, size))
        self.gamma, self.ffn_gamma = nn.Parameter(torch.ones(size)), nn.Parameter(torch.ones(size))
    def forward(self, x, past):
        x = x + self.mixer.conv(self.norm(x.mT).mT, past) * self.gamma[:, None]
        return x + (self.ffn.linear2(F.gelu(self.ffn.linear1(self.ffn_norm(x.mT)))) * self.ffn_gamma).mT


def stages(widths, depths, eps):
    return nn.ModuleList(nn.Sequential(*[Block(w, eps) for _ in range(d)]) for w, d in zip(widths, depths, strict=True))


def run(resample, blocks, x, past):
    for r, stage in zip(resample, blocks, strict=True):
        x = r[0](x, past)
        for block in stage: x = block(x, past)
    return x


class Encoder(nn.Module):
    """Samples [B, 1, S] → mean [B, T, D]."""
    def __init__(self, c):
        super().__init__()
        ratios, depths = c["encoder_ratios"][::-1], [int(d) for d in c["encoder_depths"].split("-")]
        widths = [c["encoder_n_filters"] << i for i in range(len(depths))]
        self.downsample_layers = nn.ModuleList(nn.Sequential(m) for m in [Convolution(1, widths[0], 7)] + [
            Convolution(a, b, 2 * r, r) for a, b, r in zip(widths, widths[1:], ratios)])
        self.stages = stages(widths, depths, c["layernorm_eps"])
        self.head = Convolution(widths[-1], c["vae_dim"], 7)
    def forward(self, x, past=None): return self.head(run(self.downsample_layers, self.stages, x, past), past).mT


class Decoder(nn.Module):
    """Latents [B, T, D] → samples [B, 1, S]."""
    def __init__(self, c):
        super().__init__()
        text = c["decoder_depths"] or "-".join(c["encoder_depths"].split("-")[::-1])
        depths = [int(d) for d in text.split("-")]
        widths = [c["decoder_n_filters"] << i for i in range(len(depths))][::-1]
        self.upsample_layers = nn.ModuleList(nn.Sequential(m) for m in [Convolution(c["vae_dim"], widths[0], 7)] + [
            Upsampling(a, b, r) for a, b, r in zip(widths, widths[1:], c["decoder_ratios"])])
        self.stages = stages(widths, depths, c["layernorm_eps"])
        self.head = Convolution(widths[-1], 1, 7)
    def forward(self, z, past): return self.head(run(self.upsample_layers, self.stages, z.mT, past), past)


# -------------------------------------------------------------------------------------------- language model, [B, n, h]
class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, self.heads, self.kv = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"]
        self.width, self.theta = h // self.heads, c["rope_theta"]
        self.q_proj, self.o_proj = nn.Linear(h, h), linear(h, h)
        self.k_proj, self.v_proj = nn.Linear(h, self.kv * self.width), nn.Linear(h, self.kv * self.width)
    def turn(self, x, first):
        half = self.width // 2
        position = torch.arange(first, first + x.shape[2]).float()
        angle = position[:, None] * (1.0 / self.theta ** (torch.arange(0, self.width, 2).float() / self.width))
        cos, sin = angle.cos().type_as(x), angle.sin().type_as(x)    # in fp32 always, as the original
        a, b = x[..., :half], x[..., half:]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)
    def forward(self, x, cache):
        split = lambda y, heads: y.view(*x.shape[:2], heads, self.width).transpose(1, 2)
        first = cache[0].shape[2] if cache else 0
        q, k = self.turn(split(self.q_proj(x), self.heads), first), self.turn(split(self.k_proj(x), self.kv), first)
        v = split(self.v_proj(x), self.kv)
        if cache: k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        cache[:] = [k, v]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=not first, enable_gqa=True)   # later: one position
        return self.o_proj(y.transpose(1, 2).reshape(x.shape))


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, m, eps = c["hidden_size"], c["intermediate_size"], c["rms_norm_eps"]
        self.self_attn = Attention(c)
        self.mlp = Names(gate_proj=linear(h, m), up_proj=linear(h, m), down_proj=linear(m, h))
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(h, eps), RMSNorm(h, eps)
    def forward(self, x, cache):
        x = x + self.self_attn(self.input_layernorm(x), cache)
        return x + swiglu(self.mlp, self.post_attention_layernorm(x))


class Qwen2(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c["vocab_size"], c["hidden_size"])
        self.layers = nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"]))
        self.norm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
    def empty(self): return [[] for _ in self.layers]
    def forward(self, x, caches):
        """Appends x to the caches → the last position's hidden [B, h], after the final norm."""
        for layer, cache in zip(self.layers, caches): x = layer(x, cache)
        return self.norm(x)[:, -1]


class Connector(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.fc1, self.norm, self.fc2 = nn.Linear(i, o), RMSNorm(o, 1e-6), nn.Linear(o, o)
    def forward(self, x): return self.fc2(self.norm(self.fc1(x)))


# --------------------------------------------------------------------------------------------------------- diffusion
class Modulated(nn.Module):
    """A layer of the diffusion head, or its last (parts 2), which has no gate and whose norm has no weight."""
    def __init__(self, c, parts):
        super().__init__()
        h, m = c["hidden_size"], int(c["head_ffn_ratio"] * c["hidden_size"])
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), linear(h, parts * h))
        if parts == 3:
            self.norm = RMSNorm(h, c["rms_norm_eps"])
            self.ffn = Names(gate_proj=linear(h, m), up_proj=linear(h, m), down_proj=linear(m, h))
        else:
            self.norm_final, self.linear = RMSNorm(h, c["rms_norm_eps"], affine=False), linear(h, c["latent_size"])
    def forward(self, x, c):
        shift, scale, *gate = self.adaLN_modulation(c).split(x.shape[-1], -1)
        if gate: return x + gate[0] * swiglu(self.ffn, self.norm(x) * (1 + scale) + shift)
        return self.linear(self.norm_final(x) * (1 + scale) + shift)


class DiffusionHead(nn.Module):
    """x [B, D], timesteps [B], conditions [B, h] → v [B, D]."""
    def __init__(self, c):
        super().__init__()
        h = c["hidden_size"]
        self.noisy_images_proj, self.cond_proj = linear(c["latent_size"], h), linear(h, h)
        self.t_embedder = Names(mlp=nn.Sequential(linear(256, h), nn.SiLU(), linear(h, h)))
        self.layers = nn.ModuleList(Modulated(c, 3) for _ in range(c["head_layers"]))
        self.final_layer = Modulated(c, 2)
    def forward(self, x, t, condition):
        angle = t[:, None] * torch.exp(-math.log(10000) * torch.arange(128).float() / 128)
        c = self.cond_proj(condition) + self.t_embedder.mlp(torch.cat([angle.cos(), angle.sin()], -1).type_as(x))
        x = self.noisy_images_proj(x)
        for layer in self.layers: x = layer(x, c)
        return self.final_layer(x, c)


class VibeVoice(nn.Module):
    def __init__(self, c):
        super().__init__()
        lm, ac, sem, head = (c[p + "_config"] for p in ("decoder", "acoustic_tokenizer", "semantic_tokenizer",
                                                        "diffusion_head"))
        self.language_model = Qwen2(lm)
        self.acoustic_tokenizer = Names(encoder=Encoder(ac), decoder=Decoder(ac))
        self.semantic_tokenizer = Names(encoder=Encoder(sem))
        self.acoustic_connector = Connector(ac["vae_dim"], lm["hidden_size"])
        self.semantic_connector = Connector(sem["vae_dim"], lm["hidden_size"])
        self.prediction_head = DiffusionHead(head)
        self.hop = math.prod(ac["encoder_ratios"])
        for name in ("speech_scaling_factor", "speech_bias_factor"): self.register_buffer(name, torch.tensor(0.0))


def guidance(folder):
    """What generation_config.json says, else 1.3."""
    path = os.path.join(folder, "generation_config.json")
    if not os.path.exists(path): return 1.3
    with open(path) as f: stated = json.load(f).get("guidance_scale")
    return 1.3 if stated is None else stated


def net(folder):
    """The checkpoint of a folder. Its output matrix must be the embedding, as in the embedded model."""
    with open(os.path.join(folder, "config.json")) as f: config = json.load(f)
    stored, state = {}, {}
    for path in sorted(glob.glob(os.path.join(folder, "*.safetensors"))): stored.update(load_file(path))
    for name, value in stored.items():
        if name.endswith("_scale"): continue
        value, scale = value.float(), stored.get(name + "_scale")
        if scale is not None:
            channel = 1 if "convtr" in name else 0
            value = value * scale.view([-1 if d == channel else 1 for d in range(value.dim())])
        state[name.removeprefix("model.")] = value
    model = VibeVoice(config)
    model.load_state_dict(state)
    return model.eval()
