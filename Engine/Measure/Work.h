// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** What a measurement asks of the program that runs it. */
struct MeasureHooks
{
    std::function<std::unique_ptr<Renderer> (const LoadOptions&)> load;
    std::function<bool()> isStopped; // asked at each frame; then the measurement throws Exception Cancelled
    std::function<void (const ModelInfo&)> onLoaded = [] (const ModelInfo&) {};
};

/** What each measured render speaks. */
struct MeasuredSpeech
{
    VoiceAudio voice;
    std::string text;
    RenderSettings settings;
};

/** The first frames of a render are not counted: in them graphs are recorded and clocks rise. */
inline constexpr std::int64_t settlingFrames = 8;
} // namespace tableread::engine
