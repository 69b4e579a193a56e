// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <filesystem>
#include <string>

#include "Render/Renderer.h"

namespace tableread::test
{
inline const auto mini = std::filesystem::path (TABLEREAD_ROOT) / "Assets/models/mini";

inline const std::string line = "Who left the light on?";

/** Humming: not a speaker, but as good as any voice. */
inline engine::VoiceAudio hum (double seconds = 3)
{
    engine::VoiceAudio voice { "hum", std::vector<float> ((std::size_t) (24'000 * seconds)) };
    for (std::size_t i = 0; i < voice.samples.size(); ++i)
        voice.samples[i] = 0.08f * std::sin (0.03f * (float) i);
    return voice;
}
} // namespace tableread::test
