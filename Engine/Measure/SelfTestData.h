// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Core/Error.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** A line that was spoken once and its result, which any build on any machine must reproduce. */
struct SelfTestData
{
    std::string text, voice; // a voice of the model
    RenderSettings settings; // seed, guidance, steps
    std::vector<std::int64_t> tokens;
    std::vector<float>
        latents; // [frames, latent] of the first frames: each feeds the next, so differences grow

    /** Reads NAME.json and NAME.f32 in a folder. @returns NotFound or InvalidInput with the file as `where`. */
    [[nodiscard]] static Result<SelfTestData> read (const std::filesystem::path& folder,
                                                    const std::string& name);

    /** Writes both; creates the folder. */
    [[nodiscard]] Result<void> write (const std::filesystem::path& folder, const std::string& name) const;
};

/** How a new result compares with the stored one. */
struct SelfTestResult
{
    bool tokensEqual = false;
    double largestDifference = 0; // of latents
    bool passed = false;
    std::string sentence;
};

SelfTestResult compare (const SelfTestData& stored, const SelfTestData& now, double tolerance);
} // namespace tableread::engine
