# SPDX-License-Identifier: Apache-2.0
"""The embedded model's token ids (a byte is its own id) and VibeVoice's prompt."""
EOS, START, END, FRAME = 256, 259, 260, 261
SYSTEM = (" Transform the text provided by various speakers into speech output, utilizing the distinct voice of each"
          " respective speaker.\n")


def ids(text): return list(text.encode())


def prompt(voice_frames, lines):
    """voice_frames: one count for each speaker, or []; lines: (speaker, text). Voice frames stand as FRAME, in order."""
    out = ids(SYSTEM)
    if voice_frames:
        out += ids(" Voice input:\n")
        for i, n in enumerate(voice_frames): out += ids(f" Speaker {i}:") + [START] + [FRAME] * n + [END] + ids("\n")
    out += ids(" Text input:\n")
    for speaker, text in lines: out += ids(f" Speaker {speaker}: {text}\n")
    return out + ids(" Speech output:\n") + [START]
