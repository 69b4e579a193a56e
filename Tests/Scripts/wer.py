#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Word error rates that a recogniser (pocketsphinx) hears in WAV files; used by hand.

Run     python3 Tests/Scripts/wer.py OURS [THEIRS] [--lines Tests/Data/mini/lines.json] [--limit 3] [--hearings 10]
        OURS, THEIRS: folders of <name>.wav (mono, 16 bit) for each line of LINES. Prints what was heard, each folder's
        rate and, with two folders, their difference; fails if that is above the limit in points, or a file is missing.
Needs   Tests/Scripts/requirements.txt

Each file is heard several times, each time with another dither of one step of 16 bits: where speech is unclear, a
recogniser turns a difference that no ear hears (one step in one sample) into other words, so a single hearing measures
chance. Both folders get the same dither.

The rate is (substitutions + deletions + insertions) / words of the texts, over all lines together: it can pass 100 %.
Two very different folders can have the same rate, so it also says in how many words the two transcripts differ from each
other, which near-equal audio keeps near zero.
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


def listen(folder, lines, hearings):
    """{(name, hearing): what was heard}"""
    heard = {}
    for line in lines:
        path = os.path.join(folder, line["name"] + ".wav")
        if not os.path.exists(path): raise SystemExit(f"{path} is missing.")
        for k in range(hearings): heard[line["name"], k] = hear(path, k)
    return heard


def wrong(lines, heard, hearings):
    """Wrong words of each line in each hearing: [lines, hearings]"""
    return np.array([[distance(words(line["text"]), heard[line["name"], k]) for k in range(hearings)] for line in lines])


def compare(lines, ours, theirs, hearings):
    """Points between two folders' rates, and the standard error of that over the lines: the same line with the same seed is
    a pair, and pairs are independent of each other."""
    total = sum(len(words(line["text"])) for line in lines)
    apart = (wrong(lines, ours, hearings) - wrong(lines, theirs, hearings)).mean(axis=1)
    error = np.sqrt(len(lines) * apart.var(ddof=1)) if len(lines) > 1 else np.nan
    return 100 * apart.sum() / total, 100 * error / total


def describe(folder, lines, heard, hearings):
    print(folder)
    for line in lines: print(f"  {line['name']} {' '.join(words(line['text']))} | {' '.join(heard[line['name'], 0])}")
    total = sum(len(words(line["text"])) for line in lines)
    rates = 100 * wrong(lines, heard, hearings).sum(axis=0) / total
    print(f"  {rates.mean():.1f} % of {total} words wrong (from {rates.min():.1f} to {rates.max():.1f} over {hearings} hearings)")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("ours")
    ap.add_argument("theirs", nargs="?")
    ap.add_argument("--lines", default=os.path.join(HERE, "..", "Data", "mini", "lines.json"))
    ap.add_argument("--limit", type=float, default=3.0)
    ap.add_argument("--hearings", type=int, default=10)
    a = ap.parse_args()
    with open(a.lines) as f: lines = json.load(f)["lines"]
    ours = listen(a.ours, lines, a.hearings)
    describe(a.ours, lines, ours, a.hearings)
    if a.theirs is None: return 0
    theirs = listen(a.theirs, lines, a.hearings)
    describe(a.theirs, lines, theirs, a.hearings)
    apart, count = sum(distance(theirs[k], ours[k]) for k in theirs), sum(map(len, theirs.values()))
    difference, error = compare(lines, ours, theirs, a.hearings)
    print(f"the transcripts differ in {apart} of {count} words")
    print(f"difference: {difference:+.1f} points, standard error {error:.1f}; {a.limit:g} are allowed")
    return int(abs(difference) > a.limit)


if __name__ == "__main__":
    sys.exit(main())
