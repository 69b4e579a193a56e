// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Core/Error.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** A line that was spoken once, and what came of it: what any build on any machine has to give again. */
struct SelfTestData
{
    std::string text, voice; // a voice of the model
    RenderSettings settings; // seed, guidance, steps
    std::vector<std::int64_t> tokens;
    std::vector<float>
        latents; // [frames, latent] of the first frames: each feeds the next, so the last bits grow

    /** Reads NAME.json and NAME.f32 in a folder. @returns NotFound or InvalidInput with the file as `where`. */
    [[nodiscard]] static Result<SelfTestData> read (const std::filesystem::path& folder,
                                                    const std::string& name);

    /** Writes both, making the folder. */
    [[nodiscard]] Result<void> write (const std::filesystem::path& folder, const std::string& name) const;
};

/** How far `now` is from what was stored, in words; nothing if it is the same within `tolerance`. */
struct SelfTestResult
{
    bool tokensEqual = false;
    double largestDifference = 0; // of latents
    bool passed = false;
    std::string sentence;
};

SelfTestResult compare (const SelfTestData& stored, const SelfTestData& now, double tolerance);
} // namespace tableread::engine
