// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/InferenceMode.h>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "Kernels/Gpu/Devices.h"
#include "Render/Loop/FrameLoop.h"

namespace tableread::test
{
inline engine::OffloadRequest offloaded (std::int64_t gpuLayers, int prefetch = 1, std::int64_t interval = 50)
{
    engine::OffloadRequest request;
    request.mode = engine::OffloadRequest::Mode::Layers;
    request.gpuLayers = gpuLayers;
    request.settings.prefetch = prefetch;
    request.settings.cacheTrimInterval = interval;
    request.settings.trim = engine::TrimPolicy::Always;
    return request;
}

/** Random weights in the shapes of the embedded model, or of another folder of Assets/models: they compare one way of
    computing with another. */
struct Gpu
{
    static constexpr engine::SpecialTokens tokens { 300, 301, 302, 303 };

    explicit Gpu (const engine::OffloadRequest& request = {},
                  engine::LaunchMode mode = engine::LaunchMode::Graphs,
                  engine::ComputeType compute = engine::ComputeType::BFloat16,
                  const std::string& shapes = "mini")
        : model (engine::Checkpoint::random (std::string (TABLEREAD_ROOT) + "/Assets/models/" + shapes),
                 { .compute = compute,
                   .device = engine::deviceFor (engine::DeviceKind::Cuda),
                   .offload = request })
        , loop (model, tokens, mode)
    {}

    engine::SequenceInput input (std::uint64_t seed, std::int64_t frames, std::vector<float>& out) const
    {
        engine::SequenceInput made;
        for (std::int64_t i = 0; i < 20 + (std::int64_t) seed; ++i)
            made.ids.push_back ((i * 37 + (std::int64_t) seed) % 250);
        made.ids.push_back (tokens.speechStart);
        made.settings.seed = seed;
        made.exactFrames = frames;
        made.tokenLimit = frames + 1;
        made.noise = std::make_unique<engine::PhiloxNoise> (seed);
        made.events.onFrame = [&out] (auto frame) { out.insert (out.end(), frame.begin(), frame.end()); };
        return made;
    }

    /** The same with `more` tokens before them. */
    engine::SequenceInput longer (std::uint64_t seed, std::int64_t more, std::int64_t frames,
                                  std::vector<float>& out) const
    {
        auto made = input (seed, frames, out);
        for (std::int64_t i = 0; i < more; ++i)
            made.ids.insert (made.ids.begin(), (i * 11) % 250);
        return made;
    }

    std::vector<float> speak (std::uint64_t seed, std::int64_t frames)
    {
        std::vector<float> out;
        loop.join (input (seed, frames, out));
        while (loop.step())
        {}
        return out;
    }

    const c10::InferenceMode noGradients;
    engine::VibeVoice model;
    engine::FrameLoop loop;
};
} // namespace tableread::test
