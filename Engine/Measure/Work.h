// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** A measurement's callbacks to the program that runs it. */
struct MeasureHooks
{
    std::function<std::unique_ptr<Renderer> (const LoadOptions&)> load;
    std::function<bool()> isStopped; // asked at each frame; if true, the measurement throws Cancelled
    std::function<void (const ModelInfo&)> onLoaded = [] (const ModelInfo&) {};
};

/** What each measured render speaks. */
struct MeasuredSpeech
{
    VoiceAudio voice;
    std::string text;
    RenderSettings settings;
    std::int64_t exactFrames = 0; // see PassageJob
};

/** The first frames of a render, which are not counted: graphs are recorded in them and GPU clocks rise. */
inline constexpr std::int64_t settlingFrames = 8;
} // namespace tableread::engine
