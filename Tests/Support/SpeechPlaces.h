// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace tableread::test
{
/** Whether there is a tone of fakeSpeech() at a sample of a sound: it is 0 for one, but not for three. */
inline bool isSpeech (std::span<const float> sound, std::size_t at)
{
    return sound[at] != 0.0f || (at > 0 && sound[at - 1] != 0.0f) ||
           (at + 1 < sound.size() && sound[at + 1] != 0.0f);
}
} // namespace tableread::test
