// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "EngineLink/Protocol.h"

namespace tableread::test
{
inline constexpr std::size_t fakeFrameSamples = 3200;

/** What FakeEngine says to a request: per line a tone, whose pitch depends on speaker, voice, seed and text, and
    whose length grows with the text. The same request always gives the same samples. */
std::vector<float> fakeSpeech (const protocol::SpeechRequest& request);
} // namespace tableread::test
