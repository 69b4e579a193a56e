#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How far an fp32 golden moves when each of its weights is changed by an ulp at most: what rounding alone may do.

Run     python3 Tests/Scripts/ulp.py FOLDER…
        Prints for each the worst class error (golden.py, "Comparing") of three such changes, forced and free. A golden
        that comes near the tolerances (1e-4, 1e-3) tests luck and not an engine: take another seed.
Needs   Tests/Scripts/requirements.txt

Shape d is the delicate one: its codec ends in a single channel, where RMSNorm is nearly the sign of a sample, so that
a sample near zero may jump. About half of its seeds are not usable free-running.
"""
import argparse, json, os, shlex
import torch
import golden
from rounding import changed


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folders", nargs="+", metavar="FOLDER")
    torch.set_num_threads(1); torch.use_deterministic_algorithms(True)
    golden.VT.VibeVoiceAcousticTokenizerCausalConv1d.forward = golden.pad_each_convolution
    for folder in ap.parse_args().folders:
        with open(os.path.join(folder, "golden.json")) as f: made = json.load(f)
        a, name = golden.arguments(shlex.split(made["command"])[1:]), os.path.basename(os.path.normpath(folder))
        if a.dtype != "float32":
            print(f"{name:20} bfloat16: own_error is its measure")
            continue
        o = golden.official(a)
        x, script = golden.inputs(o, a), made["script"]
        model = lambda: golden.build(o, a.seed, getattr(torch, a.stored or a.dtype), torch.float32)
        reference, tokens, _ = golden.record(model(), x, a, script)
        worst, same = {}, True
        for kind, fed, teacher in (("forced", tokens, reference), ("free", script, None)):
            for seed in range(3):
                got, chosen, _ = golden.record(changed(model(), seed), x, a, fed, teacher)
                same = same and chosen == tokens
                if chosen == tokens:
                    worst[kind] = max(worst.get(kind, 0), max(golden.class_errors(got, reference).values()))
        print(f"{name:20} forced {worst['forced']:.1e}  free {worst.get('free', float('nan')):.1e}  "
              f"{'' if same else 'other tokens'}", flush=True)


if __name__ == "__main__":
    main()
