// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "Render/Renderer.h"

namespace tableread::engine
{
struct RenderAllOptions
{
    std::function<bool()> isCancelled {}; // asked before each step; if true, all passages are cancelled
    bool preparesFirst = false; // all prompts before the first frame: to measure frames without them
};

/** Speaks passages in one batch, all at once, until each has ended. @returns one report for each, in order.
    @throws what one of them failed with; the others are cancelled then. */
std::vector<RenderReport> renderAll (Renderer& renderer, std::vector<PassageJob> jobs,
                                     const RenderAllOptions& options = {});

/** Speaks one passage. */
RenderReport render (Renderer& renderer, PassageJob job, std::function<bool()> isCancelled = {});

/** Makes a voice and encodes it at once. */
std::shared_ptr<EncodedVoice> encodeVoice (Renderer& renderer, VoiceAudio audio);
} // namespace tableread::engine
