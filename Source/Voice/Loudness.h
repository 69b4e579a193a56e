// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace tableread
{
/** How loud VibeVoice expects a reference to be; a checkpoint's preprocessor_config.json may say otherwise. */
struct LoudnessTarget
{
    double dbFs = -25.0; // root mean square; a full-scale square wave has 0
    double eps = 1e-6;   // added to the divisor
};

/** Scales `samples` in place to the target, then down to fit [-1, 1] if a peak exceeds it (reference:
    vibevoice.md 3.4, the original's normaliser). Sums in double. */
void normalizeLoudness (std::span<float> samples, const LoudnessTarget& target = {});

/** Root mean square in dB of full scale; minus infinity for silence or no samples. */
double loudnessDbFs (std::span<const float> samples);
} // namespace tableread
