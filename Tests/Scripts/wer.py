#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Word error rates that a recogniser (pocketsphinx) hears in WAV files; used by hand.

Run     python3 Tests/Scripts/wer.py OURS [THEIRS] [--lines Tests/Data/mini/lines.json] [--limit 3] [--hearings 10]
        OURS, THEIRS: folders of <name>.wav (mono, 16 bit) for each line of LINES. Prints what was heard, each folder's
        rate and, with two folders, their difference; fails if that is above the limit in points, or a file is missing.
Needs   Tests/Scripts/requirements.txt

Each file is heard several times, each time with another dither of one step of 16 bits: on speech that mumbles a
recogniser turns a difference that no ear hears (one step in one sample) into other words, so a single hearing measures
chance. Both folders get the same dither.

The rate is (substitutions + deletions + insertions) / words of the texts, over all lines together: it can pass 100 %.
Of a model that mumbles two very different folders can both have about 100 %: so it also says in how many words the two
transcripts differ from each other, which near-equal audio keeps near zero.
"""
import argparse, json, os, re, sys, wave
import numpy as np
from pocketsphinx import Decoder
from scipy.signal import resample_poly

HERE = os.path.dirname(os.path.abspath(__file__))
RATE = 16000                                                # the recogniser's


def words(text): return re.sub(r"[^a-z' ]", " ", text.lower()).split()


def hear(path, hearing):
    with wave.open(path) as w:
        if (w.getnchannels(), w.getsampwidth()) != (1, 2): raise SystemExit(f"{path}: want mono, 16 bit")
        x, rate = np.frombuffer(w.readframes(w.getnframes()), np.int16).astype(np.float32), w.getframerate()
    dither = np.random.default_rng(hearing)
    x = x + dither.uniform(-0.5, 0.5, len(x)) + dither.uniform(-0.5, 0.5, len(x))
    if rate != RATE: x = resample_poly(x, RATE // np.gcd(RATE, rate), rate // np.gcd(RATE, rate))
    silence = np.zeros(RATE // 5)
    x = np.clip(np.concatenate([silence, x, silence]), -32768, 32767).astype(np.int16)
    decoder = Decoder(samprate=RATE, loglevel="FATAL")      # a new one each time: it adapts to what it has heard
    decoder.start_utt(); decoder.process_raw(x.tobytes(), full_utt=True); decoder.end_utt()
    return words(decoder.hyp().hypstr) if decoder.hyp() else []


def distance(said, heard):
    row = list(range(len(heard) + 1))
    for i, a in enumerate(said, 1):
        above, row = row, [i]
        for j, b in enumerate(heard, 1): row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


def rate(folder, lines, hearings):
    """(percent of each hearing, {(name, hearing): what was heard})"""
    wrong, total, transcripts = [0] * hearings, 0, {}
    print(folder)
    for line in lines:
        path = os.path.join(folder, line["name"] + ".wav")
        if not os.path.exists(path): raise SystemExit(f"{path} is missing.")
        said = words(line["text"])
        total += len(said)
        for k in range(hearings):
            heard = transcripts[line["name"], k] = hear(path, k)
            wrong[k] += distance(said, heard)
        print(f"  {line['name']} {' '.join(said)} | {' '.join(transcripts[line['name'], 0])}")
    rates = [100 * w / total for w in wrong]
    print(f"  {np.mean(rates):.1f} % of {total} words wrong (from {min(rates):.1f} to {max(rates):.1f} over {hearings} hearings)")
    return np.mean(rates), transcripts


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("ours")
    ap.add_argument("theirs", nargs="?")
    ap.add_argument("--lines", default=os.path.join(HERE, "..", "Data", "mini", "lines.json"))
    ap.add_argument("--limit", type=float, default=3.0)
    ap.add_argument("--hearings", type=int, default=10)
    a = ap.parse_args()
    with open(a.lines) as f: lines = json.load(f)["lines"]
    ours, heard = rate(a.ours, lines, a.hearings)
    if a.theirs is None: return 0
    theirs, wanted = rate(a.theirs, lines, a.hearings)
    apart, count = sum(distance(wanted[k], heard[k]) for k in wanted), sum(map(len, wanted.values()))
    difference = abs(ours - theirs)
    print(f"the transcripts differ in {apart} of {count} words")
    print(f"difference: {difference:.1f} points, {a.limit:g} are allowed")
    return difference > a.limit


if __name__ == "__main__":
    sys.exit(main())
