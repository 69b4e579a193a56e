# SPDX-License-Identifier: Apache-2.0
"""Speech by plain PyTorch: the frame loop as the original code runs it, the solver, WAV files."""
import math, wave
from types import SimpleNamespace
import numpy as np
import torch
from text import END, EOS, FRAME, START


# ------------------------------------------------------------------------------------------------------------- audio
def read(path):
    """A 16-bit mono 24 kHz WAV at -25 dB FS, as voices enter the model."""
    with wave.open(path) as w:
        if (w.getframerate(), w.getnchannels(), w.getsampwidth()) != (24000, 1, 2):
            raise SystemExit(f"{path}: want 24 kHz mono 16 bit")
        x = np.frombuffer(w.readframes(w.getnframes()), np.int16).astype(np.float32) / 32768
    x = x * np.float32(10 ** (-25 / 20) / (np.sqrt(np.mean(x * x)) + 1e-6))
    top = np.max(np.abs(x))
    return torch.from_numpy(x / (top + 1e-6) if top > 1 else x)


def write(path, samples):
    with wave.open(path, "wb") as w:
        w.setnchannels(1); w.setsampwidth(2); w.setframerate(24000)
        w.writeframes((samples.clamp(-1, 1) * 32767).round().short().numpy().tobytes())


# --------------------------------------------------------------------------------------- DPM-Solver++(2M), v-prediction
def schedule(steps):
    """(timesteps [N], sigmas [N + 1]) of the cosine betas, linspace spacing, the last sigma zero."""
    f = lambda u: math.cos((u + 0.008) / 1.008 * math.pi / 2) ** 2
    beta = [min(1 - f((i + 1) / 1000) / f(i / 1000), 0.999) for i in range(1000)]
    kept = torch.cumprod(1 - torch.tensor(beta, dtype=torch.float32), 0)
    times = np.linspace(0, 999, steps + 1).round()[::-1][:-1].astype(int).tolist()
    return times, [math.sqrt((1 - float(kept[t])) / float(kept[t])) for t in times] + [0.0]


def diffuse(head, conditions, guidance, steps, noise):
    """conditions [2, h] (positive, negative), noise [1, D] → latent [1, D], scaled."""
    times, sigmas = schedule(steps)
    alpha = [1 / math.sqrt(s * s + 1) for s in sigmas]
    spread = [s * a for s, a in zip(sigmas, alpha)]
    log = [math.log(a) - math.log(s) if s else math.inf for a, s in zip(alpha, spread)]
    x, before = noise, None
    for i, t in enumerate(times):
        positive, negative = head(x.expand(2, -1), torch.full((2,), float(t)), conditions).chunk(2)
        clean = alpha[i] * x - spread[i] * (negative + guidance * (positive - negative))
        h, target = log[i + 1] - log[i], clean
        if 0 < i < steps - 1: target = clean + 0.5 * h / (log[i] - log[i - 1]) * (clean - before)
        x = spread[i + 1] / spread[i] * x + alpha[i + 1] * (1 - math.exp(-h)) * target
        before = clean
    return x


# --------------------------------------------------------------------------------------------------------- frame loop
@torch.no_grad()
def encode(net, samples):
    """A voice [S] as its mean (no noise), scaled: [frames, D]."""
    return (net.acoustic_tokenizer.encoder(samples[None, None])[0] + net.speech_bias_factor) * net.speech_scaling_factor


@torch.no_grad()
def speak(net, prompt, voices, noise, guidance, steps):
    """prompt: ids; voices [R, D] scaled, in the prompt's order; noise [most frames, D].
    → tokens as chosen, latents [F, D], audio [F · hop], margin: the smallest distance of best and second-best logit."""
    lm, out = net.language_model, SimpleNamespace(tokens=[], latents=[], audio=[], margin=math.inf)
    choice = torch.tensor([EOS, START, END, FRAME])
    ids = torch.tensor([prompt])
    x = lm.embed_tokens(ids)
    x[ids == FRAME] = net.acoustic_connector(voices)
    positive, negative, sound, meaning = lm.empty(), lm.empty(), {}, {}
    hidden, fed = lm(x, positive), x[:, -1:]
    while True:
        best = (hidden @ lm.embed_tokens.weight[choice].T)[0].topk(2)
        token = int(choice[best.indices[0]])
        if token == FRAME and len(out.latents) == len(noise): return out        # cut: the caller sees no EOS
        out.tokens.append(token)
        out.margin = min(out.margin, float(best.values[0] - best.values[1]))
        if token == EOS: return out
        if token == END: sound, meaning = {}, {}
        if token == START: negative = lm.empty()
        after = lm.embed_tokens(torch.tensor([[token]]))
        if token == FRAME:
            conditions = torch.cat([hidden, lm(fed, negative)])
            latent = diffuse(net.prediction_head, conditions, guidance, steps, noise[len(out.latents)][None])
            raw = latent / net.speech_scaling_factor - net.speech_bias_factor
            audio = net.acoustic_tokenizer.decoder(raw[None], sound)
            semantic = net.semantic_tokenizer.encoder(audio, meaning)
            after = net.acoustic_connector(latent[None]) + net.semantic_connector(semantic)
            out.latents.append(latent[0]); out.audio.append(audio[0, 0])
        fed = after
        hidden = lm(fed, positive)
