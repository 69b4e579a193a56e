# SPDX-License-Identifier: Apache-2.0
"""usage: baseline.py   measures what users have today, on this GPU: transformers' VibeVoice 1.5B (random weights) per
frame, the link's speed, and the earlier way of offloading 20 of the 7B model's 28 layers (each layer moved in before
and out after its pass, twice a frame for guidance) at several cache trim intervals"""
import math, time, json, sys
import numpy as np, torch
from torch import nn
dev = 'cuda'; torch.manual_seed(0)
def t(f, n=10, w=3):
    for _ in range(w): f()
    torch.cuda.synchronize(); a = time.perf_counter()
    for _ in range(n): f()
    torch.cuda.synchronize(); return (time.perf_counter() - a) / n * 1e3
print(torch.cuda.get_device_name(), torch.__version__)
h = torch.empty(466 << 20, dtype=torch.uint8).pin_memory(); p = torch.empty(466 << 20, dtype=torch.uint8); p.fill_(1); g = torch.empty(466 << 20, dtype=torch.uint8, device=dev)
for name, f in (('h2d pinned', lambda: g.copy_(h, non_blocking=True)), ('d2h pinned', lambda: h.copy_(g, non_blocking=True)), ('h2d pageable', lambda: g.copy_(p)), ('d2h pageable', lambda: p.copy_(g))):
    ms = t(f, 5, 1); print(f'{name}: {0.4887 / ms * 1e3:.1f} GB/s', flush=True)
del g

# ---- transformers, 1.5B, resident
import transformers
from transformers import VibeVoiceConfig, VibeVoiceForConditionalGeneration
from transformers.generation import LogitsProcessor, LogitsProcessorList
class Out:
    def __init__(s, x): s.prev_sample = x
class DPM:
    def __init__(s):
        f = lambda t: math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2
        b = [min(1 - f((i + 1) / 1000) / f(i / 1000), 0.999) for i in range(1000)]; ac = torch.cumprod(1 - torch.tensor(b), 0)
        s.ts = (((1 - ac) / ac) ** 0.5).numpy().astype(np.float64); s.timesteps = torch.arange(999, -1, -1)
    def set_timesteps(s, num_inference_steps, **k):
        ts = np.linspace(0, 999, num_inference_steps + 1).round()[::-1][:-1].astype(np.int64); sg = [*np.interp(ts, np.arange(1000), s.ts), 0.0]
        s.timesteps = torch.from_numpy(ts.copy()); s.sg = [float(x) for x in sg]; s.i = 0; s.prev = None
    def step(s, v, t, x):
        i, n = s.i, len(s.timesteps); ab = lambda q: (1 / math.sqrt(1 + q * q), q / math.sqrt(1 + q * q)); a0, s0 = ab(s.sg[i]); a1, s1 = ab(s.sg[i + 1]); m0 = a0 * x - s0 * v
        lam = lambda a, q: math.log(a) - math.log(q) if q > 0 else float('inf'); hh = lam(a1, s1) - lam(a0, s0); e = a1 * (math.exp(-hh) - 1); y = (s1 / s0) * x.float() - e * m0
        if 0 < i < n - 1: ap, sp = ab(s.sg[i - 1]); y = y - 0.5 * e * ((m0 - s.prev) * (hh / (lam(a0, s0) - lam(ap, sp))))
        s.prev = m0; s.i += 1; return Out(y.to(m0.dtype))
class Force(LogitsProcessor):
    def __init__(s, tok): s.tok = tok
    def __call__(s, ids, sc): o = torch.full_like(sc, -1e4); o[:, s.tok] = 1e4; return o
def model(hidden, inter, layers, heads, kv, tie):
    cod = lambda d, **k: dict(hidden_size=d, num_filters=32, rms_norm_eps=1e-5, downsampling_ratios=[2, 2, 4, 5, 5, 8], depths=[3, 3, 3, 3, 3, 3, 8], layer_scale_init_value=1e-6, **k)
    c = VibeVoiceConfig(audio_config=cod(64, vae_std=0.625), semantic_model_config=cod(128),
        text_config=dict(model_type='qwen2', hidden_size=hidden, intermediate_size=inter, num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=kv, vocab_size=151936 if tie else 152064, rms_norm_eps=1e-6, max_position_embeddings=65536, tie_word_embeddings=tie),
        diffusion_head_config=dict(hidden_size=hidden, latent_size=64, num_hidden_layers=4, rms_norm_eps=1e-5, intermediate_size=3 * hidden),
        pad_token_id=151643, eos_token_id=151643, audio_bos_token_id=151652, audio_eos_token_id=151653, audio_token_id=151654)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device(dev): m = VibeVoiceForConditionalGeneration(c).eval()
    torch.set_default_dtype(torch.float32); return m
def per_frame(m, a=8, b=32, **kw):
    ids = torch.randint(0, 1000, (1, 600), device=dev); ids[0, -1] = 151652; ts = []
    for n in (a, a, b):
        torch.cuda.synchronize(); q = time.perf_counter()
        with torch.no_grad(): m.generate(input_ids=ids, attention_mask=torch.ones_like(ids), noise_scheduler=DPM(), num_diffusion_steps=10, guidance_scale=1.3, do_sample=False, max_new_tokens=n, logits_processor=LogitsProcessorList([Force(151654)]), **kw)
        torch.cuda.synchronize(); ts.append(time.perf_counter() - q)
    return (ts[2] - ts[1]) / (b - a) * 1e3
m = model(1536, 8960, 28, 12, 2, True); print('1.5B parameters', sum(x.numel() for x in m.parameters()) / 1e9)
print(f'transformers {transformers.__version__} 1.5B eager: {per_frame(m):.1f} ms a frame', flush=True)
m.to('cpu'); del m; torch.cuda.empty_cache()

# ---- the earlier way of offloading, with a 7B decoder: 8 resident, 20 offloaded
from transformers.models.qwen2.modeling_qwen2 import Qwen2DecoderLayer, Qwen2Config, Qwen2RotaryEmbedding
cfg = Qwen2Config(hidden_size=3584, intermediate_size=18944, num_hidden_layers=28, num_attention_heads=28, num_key_value_heads=4, attn_implementation='sdpa')
torch.set_default_dtype(torch.bfloat16)
with torch.device(dev): L = [Qwen2DecoderLayer(cfg, i).eval() for i in range(8)]
off = []
for i in range(20):
    with torch.device(dev): l = Qwen2DecoderLayer(cfg, i).eval()
    for q in l.parameters(): q.data = q.data.cpu().pin_memory()
    off.append(l)
with torch.device(dev): rot = Qwen2RotaryEmbedding(cfg)
x = torch.randn(1, 1, 3584, device=dev); pe = rot(x, torch.zeros(1, 1, dtype=torch.long, device=dev)); torch.set_default_dtype(torch.float32)
bytes_ = sum(q.numel() * 2 for q in off[0].parameters()); print('layer bytes', bytes_)
class Seed:
    def __init__(s, interval, pre): s.n, s.c, s.pre, s.trims, s.spent = interval, 0, pre, 0, 0.0
    def trim(s): q = time.perf_counter(); torch.cuda.synchronize(); torch.cuda.empty_cache(); s.trims += 1; s.spent += time.perf_counter() - q
    def frame(s):
        for _ in range(2):
            y = x
            with torch.no_grad():
                for l in L: y = l(y, position_embeddings=pe)
                for l in off:
                    host = [q.data for q in l.parameters()]
                    if s.pre: s.trim()
                    for q in l.parameters(): q.data = q.data.to(dev)
                    torch.cuda.synchronize(); y = l(y, position_embeddings=pe); torch.cuda.synchronize()
                    for q, b in zip(l.parameters(), host): b.copy_(q.data); q.data = b
                    if s.n:
                        s.c += 1
                        if s.c >= s.n: s.trim(); s.c = 0
for name, n, pre in (('every transfer, before and after', 1, True), ('interval 10', 10, False), ('interval 50', 50, False), ('interval 100', 100, False), ('never', 0, False)):
    s = Seed(n, pre); ms = t(s.frame, 3, 1); print(f'seed way, 7B 8+20, trims {name}: {ms:.0f} ms a frame, {s.spent / max(1, s.trims) * 1e3:.1f} ms a trim, trims {s.spent / 4 * 1e3 / ms * 100:.1f} % of the time', flush=True)
print(f'floor, one pass a frame at the link: {20 * bytes_ / 1e9:.2f} GB')
