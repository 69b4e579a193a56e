// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

namespace tableread
{
/** Takes out what no voice needs: silence above a second at the ends, and an offset (DC) above 0.01. Other recordings
    stay as they are, bit for bit. `samples` are mono, 24 kHz and finite.
    @returns a sentence for each thing done, to be put behind the recording's name. */
std::vector<std::string> cleanUp (std::vector<float>& samples);

/** What may impair the voice and cannot be helped: a very low level, and noise.
    @returns sentences to be put behind the recording's name. */
std::vector<std::string> describeFaults (std::span<const float> samples);
} // namespace tableread
