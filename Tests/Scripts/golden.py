#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""VibeVoice golden maker: a tiny random model in the official layout, one deterministic generate, every intermediate.

Run     python3 golden.py --out DIR [--seed N --shape a|b|c|d --set lm.rope_theta=1e4 --voices 0..3 --frames N
        --segments N --free --cfg X --steps N --dtype bfloat16 --tie …]     (--help lists all; ~5 s, < 3 MB)
Needs   torch (CPU), transformers 5.17, safetensors, numpy; diffusers only for --diffusers (the built-in MiniDPM equals
        its DPMSolverMultistepScheduler to 5e-7). The same arguments and versions give the same bytes.
Parity  transformers is patched to the original code's semantics (search for "original" below); --hf leaves it as it is.

Files in DIR
  config.json, model.safetensors   as the official checkpoints have them (names, typo, shapes), stored in --dtype
  golden.safetensors               the tensors below; floats in fp32 for any --dtype, ids in int64
  golden.fp32.safetensors          --dtype bfloat16 only: PyTorch in fp32 (same stored weights, noise, tokens), forced (see
                                   Comparing) by golden.safetensors
  golden.json                      the fields below

Letters: V voices, S samples of the longest, R = sum of voice_frames, P prompt tokens, h hidden, D vae_dim, E semantic
vae_dim, F frames, N diffusion steps, L new tokens; i counts passes, k frames, j steps, l layers. Batch is 1.
  input_ids [1,P], sequences [1,P+L]      prompt; prompt and generated tokens
  wav [V,1,S], wav_len [V], voice_frames [V]   voices after the -25 dB normaliser, zero-padded to the longest
  noise.vae_scalar [V], noise.vae [V,max frames,D]   N(0,1), before the factor fix_std/0.8
  noise.frame [F,D]                       N(0,1), the start of each frame's diffusion
  voice.mean, voice.ac_in [R,D], voice.ac_embed [R,h]   encoder mean, (sampled + bias)·scale, connector; voice after voice
  prefill.layer{l}.out [1,P,h]            each decoder layer's output, before the final norm
  lm.p{i}.in, .out [1,n,h], .pos [1,n], .mask [1,m]   positive passes (n = P at i = 0, else 1); out after the final norm
  lm.n{i}.…                               negative passes, one a frame; the mask hides what came before the last START
  logits{i} [vocab]                       of positive pass i, before any constraint
  f{k}.pos_condition, f{k}.neg_condition [1,h]
  f{k}.s{j}.x, .v [2,D], .t [2]           head's input (two equal rows) and output (conditional, unconditional), timestep
  f{k}.latent [1,1,D], f{k}.audio [1,1,hop], f{k}.semantic [1,1,E]
  f{k}.ac_in [1,1,D], f{k}.ac_embed, f{k}.sem_embed [1,1,h]   their sum is the next input embedding
  audio [1,F·hop]                         all frames
  sched.timesteps [N], sched.sigmas [N+1]
  whole.audio [1,1,F·hop], whole.semantic [1,F,E]   whole-utterance codec; only if no reset lies between the frames
Without voices wav*, voice*, noise.vae* are absent; all else is there.

golden.json
  command, torch, transformers            what made it
  semantics                               original | transformers (--hf)
  dtype, tied, diffusion_steps, cfg_scale, vae_std, hop, special {bos, eos, diff, text_eos}
  stored                                  --stored only: the type of the weights in the file
  voice_lens, voice_frames, prompt_tokens, n_frames
  tokens, script                          new tokens as generated; the forced ones, null if --free: then the engine's own
                                          argmax over the four special ids must give `tokens`
  token_margin                            --free: smallest distance between the best and second-best logit
  lm_passes                               ["p0", "n0", "p1", …] in order
  own_error                               --dtype bfloat16: {class: PyTorch's error against golden.fp32.safetensors}
  stream_vs_whole                         {audio, semantic}: largest absolute difference, or null

Comparing. A tensor's class is its name without digits (lm.p3.out → lm.p.out); its error is |engine - golden| / |golden|
(L2 norms over the tensor); a class's error is its worst tensor's. Noise always comes from here. Two ways to replay:
  forced   tokens from `tokens`; every LM pass's input and every frame's latent, once compared, is replaced by the golden
           one, so that errors do not feed back. fp32: <= 1e-4. bf16: inputs from golden.safetensors, errors against
           golden.fp32.safetensors, <= 2 · own_error
  free     everything else is the engine's own; tokens from `script`, its own argmax if that is null. fp32: <= 1e-3 over
           7 frames. bf16: not compared (rounding grows too far in a random model)
One ulp in the weights gives up to 6e-6 forced, 2e-5 (shape d: 2e-4) free. `replay DIR --json` prints
{"dtype": …, "tokens_equal": true, "forced": {"f.latent": 3.1e-6, …}, "free": {…}}. With cfg_scale 1 an engine may skip the
negative branch: it then leaves out lm.n*, f*.neg_condition and the second row of v.
"""
import argparse, json, math, os, re, sys
from types import SimpleNamespace
from unittest import mock
import numpy as np
import torch
import transformers
from safetensors.torch import save_file
from transformers.generation import LogitsProcessor, LogitsProcessorList
from transformers.models.vibevoice_acoustic_tokenizer import modeling_vibevoice_acoustic_tokenizer as VT

from golden_official import SHAPES, build, official, special, to_official

# --------------------------------------------------------------------------- DPM-Solver++(2M), v-prediction, cosine
class MiniDPM:
    """The same numbers as diffusers.DPMSolverMultistepScheduler(beta_schedule='squaredcos_cap_v2',
    prediction_type='v_prediction'); the same interface, as far as VibeVoice uses it."""
    def __init__(self, n_train=1000):
        f = lambda t: math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2
        b = [min(1 - f((i + 1) / n_train) / f(i / n_train), 0.999) for i in range(n_train)]
        ac = torch.cumprod(1.0 - torch.tensor(b, dtype=torch.float32), 0)
        self.train_sigmas = (((1 - ac) / ac) ** 0.5).numpy().astype(np.float64)
        self.n_train, self.timesteps = n_train, torch.arange(n_train - 1, -1, -1)   # attribute required before use
    def set_timesteps(self, num_inference_steps):
        ts = np.linspace(0, self.n_train - 1, num_inference_steps + 1).round()[::-1][:-1].astype(np.int64)  # half to even
        sig = np.interp(ts, np.arange(self.n_train), self.train_sigmas)
        self.timesteps, self.i, self.prev = torch.from_numpy(ts.copy()), 0, None
        self.sigmas = torch.from_numpy(np.concatenate([sig, [0.0]]).astype(np.float32))
    @staticmethod
    def _as(s):
        a = 1 / ((s ** 2 + 1) ** 0.5)
        return a, s * a
    def step(self, v, t, x):
        i, n = self.i, len(self.timesteps)
        a0, s0 = self._as(self.sigmas[i]); a1, s1 = self._as(self.sigmas[i + 1])
        m0 = a0 * x - s0 * v                               # x0 prediction, in the model's dtype
        xf = x.float()
        h = (torch.log(a1) - torch.log(s1)) - (torch.log(a0) - torch.log(s0))
        e = a1 * (torch.exp(-h) - 1.0)
        y = (s1 / s0) * xf - e * m0
        if 0 < i < n - 1:                                  # first and last step are first order
            ap, sp = self._as(self.sigmas[i - 1])
            r0 = ((torch.log(a0) - torch.log(s0)) - (torch.log(ap) - torch.log(sp))) / h
            y = y - 0.5 * e * ((1.0 / r0) * (m0 - self.prev))
        self.prev, self.i = m0, i + 1
        return SimpleNamespace(prev_sample=y.to(m0.dtype))


# ----------------------------------------------------------------------------------------------------------- inputs
def inputs(o, a):
    """Prompt, voices, forced tokens and all noise of a seed."""
    ac = o["acoustic_tokenizer_config"]
    s, D, hop = special(o), ac["vae_dim"], math.prod(ac["encoder_ratios"])
    rng, noise = np.random.default_rng([a.seed, 1]), np.random.default_rng([a.seed, 2])
    lens = a.voice_lens if a.voice_lens is not None else [int(rng.integers(3 * hop + 1, 10 * hop)) for _ in range(a.voices)]
    x = SimpleNamespace(lens=lens, frames=[math.ceil(n / hop) for n in lens], hop=hop, special=s)

    def text(n): return [int(i) for i in rng.integers(1, s["text_eos"], n)]
    ids = text(3)              # text, then per voice: text BOS DIFF… EOS text, then text BOS
    for n in x.frames: ids += text(2) + [s["bos"]] + [s["diff"]] * n + [s["eos"]] + text(1)
    x.ids = torch.tensor([ids + text(int(rng.integers(4, 12))) + [s["bos"]]])

    if lens:
        x.wav = torch.zeros(len(lens), 1, max(math.ceil(n / hop) for n in lens) * hop if a.hf else max(lens))
        x.mask = torch.zeros(len(lens), x.wav.shape[-1], dtype=torch.long)
        for i, n in enumerate(lens):                                       # the official normaliser, float32
            w = np.cumsum(rng.standard_normal(n)).astype(np.float32)
            w = w * np.float32(10 ** (-25 / 20) / (np.sqrt(np.mean(w ** 2)) + 1e-6))
            m = np.max(np.abs(w)); w = w / (m + 1e-6) if m > 1.0 else w
            x.wav[i, 0, :n] = torch.from_numpy(w); x.mask[i, :n] = 1
        x.vae_scalar = torch.from_numpy(noise.standard_normal(len(lens)).astype(np.float32))
        x.vae_noise = torch.from_numpy(noise.standard_normal((len(lens), max(x.frames), D)).astype(np.float32))

    parts = [a.frames // a.segments + (i < a.frames % a.segments) for i in range(a.segments)]
    x.script = []
    for n in parts: x.script += [s["bos"]] * bool(x.script) + [s["diff"]] * n + [s["eos"]]
    x.script.append(s["text_eos"])
    x.limit = a.frames + 2 * a.segments                                    # new tokens; forced or free, the same number
    x.frame_noise = torch.from_numpy(noise.standard_normal((x.limit, D)).astype(np.float32))
    return x


# -------------------------------------------------------------------------------------------------- generate, recorded
class Force(LogitsProcessor):
    """Forces the token stream, so that a random language model visits every branch of the loop."""
    def __init__(self, tokens, prompt): self.tokens, self.prompt = tokens, prompt
    def __call__(self, ids, scores):
        s = torch.full_like(scores, -1e4); s[:, self.tokens[ids.shape[1] - self.prompt]] = 1e4
        return s


class ResetAtEnd(LogitsProcessor):
    """The original zeroes both codec caches of a sample when it emits EOS (speech_end); transformers never does."""
    def __init__(self, caches, eos): self.caches, self.eos = caches, eos
    def __call__(self, ids, scores):
        if ids[0, -1] == self.eos:
            for c in self.caches.values():
                for l in c.layers.values(): l.cache.zero_()
        return scores


def pad_each_convolution(self, x, padding_cache=None):
    """The original right-pads every strided convolution's own input to a multiple of the stride (whole-utterance mode);
    transformers pads the waveform to a multiple of the hop. They differ in the last, partial voice frame."""
    if padding_cache is not None:
        return self.conv(padding_cache.update(x, self.cache_key, self))
    return self.conv(torch.nn.functional.pad(x, (self.left_pad, -x.shape[-1] % self.conv.stride[0])))


def scheduler(a):
    if not a.diffusers:
        return MiniDPM()
    import diffusers
    return diffusers.DPMSolverMultistepScheduler(beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction")


def record(model, x, a, script, teacher=None):
    """One generate() with the recorded noise -> (tensors by name, tokens, LM passes in order). script None: tokens are not
    forced. teacher: tensors of another run, which take the place of this one's LM inputs and latents once recorded."""
    M, D, dtype = model.model, x.frame_noise.shape[1], next(model.parameters()).dtype
    G, passes, caches = {}, [], {}
    frame, step, branch, count = 0, 0, "p", {"p": 0, "n": 0}

    def put(k, v):
        G[k] = (v.float() if v.is_floating_point() else v.long()).detach().clone().contiguous()

    # noise, in the order in which transformers draws it
    def randn(*s, **kw):
        if s == (len(x.lens),):                                            # VAE: one scalar per voice
            return x.vae_scalar.to(kw["dtype"])
        assert s == (2, D), s                                              # one sequence: [conditional, unconditional]
        n = x.frame_noise[frame]
        return torch.stack([n, torch.full_like(n, 1e3)])                   # the second row must not matter: poison it
    def randn_like(t):
        assert t.shape == x.vae_noise.shape, t.shape
        return x.vae_noise.to(t.dtype)

    # both branches share language_model: the negative pass is bracketed here
    negative, sample, decode = model._step_negative_branch, model._sample_audio_latent, model._decode_audio_latent
    def on_negative(*args, **kw):
        nonlocal branch
        branch = "n"
        if not a.hf:      # original: position = cumsum(mask) - 1, 0 again after a BOS; transformers: the cache's length
            args[4]["position_ids"] = (args[4]["attention_mask"].cumsum(-1) - 1)[:, -1:]
        r = negative(*args, **kw)
        r[2].pop("position_ids", None); branch = "p"
        put(f"f{frame}.neg_condition", r[0]); return r
    def on_sample(pos, neg, *args, **kw):
        nonlocal step
        step = 0
        put(f"f{frame}.pos_condition", pos)
        r = sample(pos, neg, *args, **kw); put(f"f{frame}.latent", r)
        return teacher[f"f{frame}.latent"].to(dtype) if teacher else r
    def on_decode(*args, **kw):
        r = decode(*args, **kw); caches["acoustic"] = r.padding_cache; put(f"f{frame}.audio", r.audio); return r
    model._step_negative_branch, model._sample_audio_latent, model._decode_audio_latent = on_negative, on_sample, on_decode

    # transformers adds a third LM branch (plain token embeddings) that guides the *token* scores: the original has none
    processors = model._get_logits_processor
    if not a.hf:
        model._get_logits_processor = lambda *args, **kw: LogitsProcessorList(
            [p for p in processors(*args, **kw) if type(p).__name__ != "UnbatchedClassifierFreeGuidanceLogitsProcessor"])

    def before_lm(mod, args, kw):
        n = f"lm.{branch}{count[branch]}.in"; put(n, kw["inputs_embeds"])
        return (args, {**kw, "inputs_embeds": teacher[n].to(dtype)}) if teacher else None
    def on_lm(mod, args, kw, out):
        n = f"lm.{branch}{count[branch]}"; passes.append(n[3:]); count[branch] += 1
        put(n + ".out", out.last_hidden_state)
        if kw.get("position_ids") is not None: put(n + ".pos", kw["position_ids"])
        if kw.get("attention_mask") is not None and kw["attention_mask"].ndim == 2: put(n + ".mask", kw["attention_mask"])
    def on_layer(l):
        def f(mod, args, out):
            if not passes: put(f"prefill.layer{l}.out", out[0] if isinstance(out, tuple) else out)
        return f
    def on_head(mod, args, kw, out):
        nonlocal step
        put(f"f{frame}.s{step}.x", args[0]); put(f"f{frame}.s{step}.t", args[1]); put(f"f{frame}.s{step}.v", out)
        step += 1
    def valid(t): return t[torch.arange(t.shape[1]) < torch.tensor(x.frames)[:, None]]   # [V,max,C] -> [R,C]
    def on_encoder(mod, args, kw, out): put("voice.mean", valid(out.latents))
    def on_connector(mod, args, out):
        if passes: put(f"f{frame}.ac_in", args[0]); put(f"f{frame}.ac_embed", out)
        else: put("voice.ac_in", valid(args[0])); put("voice.ac_embed", valid(out))
    def on_semantic(mod, args, kw, out): caches["semantic"] = out.padding_cache; put(f"f{frame}.semantic", out.latents)
    def on_semantic_connector(mod, args, out):                             # the last call of a frame
        nonlocal frame
        put(f"f{frame}.sem_embed", out); frame += 1
    for l, layer in enumerate(M.language_model.layers): layer.register_forward_hook(on_layer(l))
    M.language_model.register_forward_pre_hook(before_lm, with_kwargs=True)
    M.language_model.register_forward_hook(on_lm, with_kwargs=True)
    M.diffusion_head.register_forward_hook(on_head, with_kwargs=True)
    M.audio_tower.encoder.register_forward_hook(on_encoder, with_kwargs=True)
    M.multi_modal_projector.register_forward_hook(on_connector)
    semantic = M.semantic_tokenizer_encoder.register_forward_hook(on_semantic, with_kwargs=True)
    M.semantic_connector.register_forward_hook(on_semantic_connector)

    voices = dict(input_values=x.wav.to(dtype), padding_mask=x.mask) if x.lens else {}
    prompt, dpm = x.ids.shape[1], scheduler(a)
    force = ([] if a.hf else [ResetAtEnd(caches, x.special["eos"])]) + ([Force(script, prompt)] if script else [])
    with torch.no_grad(), mock.patch.object(torch, "randn", randn), mock.patch.object(torch, "randn_like", randn_like):
        out = model.generate(
            input_ids=x.ids, attention_mask=torch.ones_like(x.ids), noise_scheduler=dpm, num_diffusion_steps=a.steps,
            guidance_scale=a.cfg, do_sample=False, max_new_tokens=len(script) if script else x.limit,
            return_dict_in_generate=True, output_logits=True, logits_processor=LogitsProcessorList(force), **voices)
    semantic.remove()
    tokens = out.sequences[0, prompt:].tolist()
    if not frame:
        raise SystemExit(f"no frame was generated (tokens {tokens}): take another --seed, or leave out --free")

    put("input_ids", x.ids); put("sequences", out.sequences); put("audio", out.audio[0])
    put("noise.frame", x.frame_noise[:frame])
    if x.lens:
        put("wav", x.wav); put("wav_len", torch.tensor(x.lens)); put("voice_frames", torch.tensor(x.frames))
        put("noise.vae_scalar", x.vae_scalar); put("noise.vae", x.vae_noise)
    for i, l in enumerate(out.logits): put(f"logits{i}", l[0])
    dpm.set_timesteps(num_inference_steps=a.steps)
    put("sched.timesteps", dpm.timesteps); put("sched.sigmas", dpm.sigmas)

    used = "".join("e" if t == x.special["eos"] else "d" if t == x.special["diff"] else "" for t in tokens)
    if a.hf or "ed" not in used:                                           # streaming must equal the whole utterance
        latents = torch.cat([G[f"f{k}.latent"] for k in range(frame)], 1).to(dtype)
        with torch.no_grad():
            put("whole.audio", M.audio_tower.decode(latents / M.latent_scaling_factor - M.latent_bias_factor).audio)
            put("whole.semantic", M.semantic_tokenizer_encoder(out.audio[0][None]).latents)
    return G, tokens, passes


def class_errors(got, reference):
    """{class: worst relative L2 error of its tensors}, as in "Comparing" above."""
    worst = {}
    for k, r in reference.items():
        if r.is_floating_point() and not k.startswith(("wav", "noise.", "sched.")):
            c, e = re.sub(r"\d+", "", k), float((got[k] - r).norm() / r.norm())
            worst[c] = max(worst.get(c, 0.0), e)
    return worst


def arguments(argv=None):
    def override(s):
        path, value = s.split("=", 1)
        try: return path, json.loads(value)
        except ValueError: return path, value
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", default="golden")
    ap.add_argument("--seed", type=int, default=0, help="weights, noise, prompt ids and voices (default 0)")
    ap.add_argument("--shape", choices=SHAPES, default="a", help="a tiny; b, c odd sizes; d the published ratios, hop 3200")
    ap.add_argument("--set", type=override, action="append", default=[], metavar="PART.KEY=VALUE",
                    help="override one config value; PART is lm, ac, sem or head: --set lm.num_key_value_heads=4")
    ap.add_argument("--dtype", default="float32", choices=["float32", "bfloat16"])
    ap.add_argument("--stored", choices=["float32", "bfloat16"], help="type of the weights in the file, if not --dtype: "
                    "bfloat16 halves it; the arithmetic is that of --dtype")
    ap.add_argument("--tie", action="store_true", help="tied embeddings, as in 1.5B (no lm_head tensor in the file)")
    ap.add_argument("--voices", type=int, choices=range(4), default=2, help="voice prompts of ragged length (default 2)")
    ap.add_argument("--voice-lens", type=lambda s: [int(n) for n in s.split(",")], metavar="N,N",
                    help="samples of each voice; overrides --voices")
    ap.add_argument("--cfg", type=float, default=1.3)
    ap.add_argument("--steps", type=int, default=10, help="diffusion steps")
    ap.add_argument("--frames", type=int, default=7, help="forced: audio frames in all; --free: sets the token limit")
    ap.add_argument("--segments", type=int, default=2, help="BOS … EOS blocks of the forced stream")
    ap.add_argument("--one-segment", dest="segments", action="store_const", const=1)
    ap.add_argument("--free", action="store_true", help="do not force the token stream")
    ap.add_argument("--hf", action="store_true", help="stock transformers semantics")
    ap.add_argument("--diffusers", action="store_true", help="diffusers' scheduler instead of MiniDPM")
    a = ap.parse_args(argv)
    if not 1 <= a.segments <= a.frames or a.steps < 1 or a.seed < 0 or any(n < 1 for n in a.voice_lens or []):
        ap.error("need frames >= segments >= 1, steps >= 1, seed >= 0, voices of 1 sample or more")
    return a


def main():
    a = arguments()
    torch.set_num_threads(1); torch.use_deterministic_algorithms(True)
    if not a.hf: VT.VibeVoiceAcousticTokenizerCausalConv1d.forward = pad_each_convolution

    o, dtype = official(a), getattr(torch, a.dtype)
    stored = getattr(torch, a.stored or a.dtype)
    x = inputs(o, a)
    model = build(o, a.seed, stored, dtype)
    weights = {to_official(k): v.detach().to(stored).contiguous().clone() for k, v in model.state_dict().items()
               if not (a.tie and k == "lm_head.weight")}
    G, tokens, passes = record(model, x, a, None if a.free else x.script)
    frames = tokens.count(x.special["diff"])
    four = torch.stack([G[f"logits{i}"] for i in range(len(tokens))])[:, list(x.special.values())].topk(2).values
    whole = {k: float((G[f"whole.{k}"].flatten() - s.flatten()).abs().max()) for k, s in
             (("audio", G["audio"]), ("semantic", torch.cat([G[f"f{k}.semantic"] for k in range(frames)], 1)))
             } if "whole.audio" in G else None
    command, out = sys.argv[1:], None
    while "--out" in command: out = command.index("--out"); del command[out:out + 2]
    J = dict(command=" ".join(["golden.py"] + command), torch=torch.__version__, transformers=transformers.__version__,
             semantics="transformers" if a.hf else "original", dtype=a.dtype, tied=a.tie, diffusion_steps=a.steps,
             cfg_scale=a.cfg, vae_std=o["acoustic_tokenizer_config"]["fix_std"] / 0.8, hop=x.hop, special=x.special,
             voice_lens=x.lens, voice_frames=x.frames, prompt_tokens=x.ids.shape[1], n_frames=frames, tokens=tokens,
             script=None if a.free else x.script, token_margin=float((four[:, 0] - four[:, 1]).min()) if a.free else None,
             lm_passes=passes, stream_vs_whole=whole)

    if a.stored: J["stored"] = a.stored
    os.makedirs(a.out, exist_ok=True)
    path = lambda name: os.path.join(a.out, name)
    if dtype == torch.bfloat16:
        wide, _, _ = record(build(o, a.seed, dtype, torch.float32), x, a, tokens, teacher=G)
        J["own_error"] = class_errors(G, wide)
        save_file(wide, path("golden.fp32.safetensors"))
    save_file(weights, path("model.safetensors"), metadata={"format": "pt"})
    save_file(G, path("golden.safetensors"))
    with open(path("config.json"), "w") as f: json.dump(o, f, indent=2)
    with open(path("golden.json"), "w") as f:
        f.write("{" + ",".join(f"\n  {json.dumps(k)}: {json.dumps(v)}" for k, v in J.items()) + "\n}\n")

    bad = [k for k, v in G.items() if not torch.isfinite(v).all()]
    size = sum(os.path.getsize(path(f)) for f in os.listdir(a.out)) / 1e6
    print(f"{a.out}: {len(weights)} weights, {len(G)} tensors, prompt {x.ids.shape[1]}, voices {x.frames}, tokens {tokens}, "
          f"frames {frames}, |audio| {G['audio'].abs().max():.3f}, "
          f"{size:.2f} MB" + (f", NOT FINITE: {bad[:5]}" if bad else ""))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
