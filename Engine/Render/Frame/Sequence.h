// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "Network/Codec/Convolution.h"
#include "Network/KvCache.h"
#include "Network/Sampler/Noise.h"
#include "Network/Tap.h"
#include "Render/Frame/VibeVoice.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
struct SpecialTokens
{
    std::int64_t speechStart = 0, speechEnd = 0, speechFrame = 0, endOfText = 0;
};

/** What a generation starts from. */
struct SequenceInput
{
    std::vector<std::int64_t> ids;            // prompt, P tokens, the last one speechStart
    std::vector<std::int64_t> voicePositions; // where voice features replace embeddings
    at::Tensor voiceFeatures;                 // [positions, D] scaled; undefined without voices
    RenderSettings settings;
    std::unique_ptr<NoiseSource> noise;
    RenderEvents events;
    std::int64_t tokenLimit = 0;            // generated tokens at most; 0: by the settings
    std::vector<std::int64_t> forcedTokens; // for tests: taken instead of the model's choice; empty: none
    Tap* tap = nullptr;
};

/** Everything that one generation remembers between steps: caches of both branches, codec streams, the embedding
    that the last pass consumed, its hidden states, and what has come out. */
struct Sequence
{
    Sequence (const VibeVoice& model, SequenceInput from);

    bool guided() const { return input.settings.guidanceScale != 1.0f; }
    double millisecondsSinceBegun() const
    {
        return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begun).count();
    }
    bool wantsFrame (const SpecialTokens& special) const
    {
        return report.tokens.back() == special.speechFrame;
    }

    SequenceInput input;
    std::int64_t tokenLimit = 0, frameLimit = 0;
    KvCache positive, negative; // the negative branch sees speechStart and the speech of its segment only
    CodecState decoderState, semanticState;

    at::Tensor nextInput;           // [rows, h] of the coming positive pass: all of the prompt, then one
    std::array<float, 4> scores {}; // of the tokens that may come, see tokensInOrder
    at::Tensor hidden;              // [h], positive branch, after the final norm
    at::Tensor uncondition;         // [h], negative branch, run speculatively beside each positive pass
    at::Tensor negativeInput;       // [1, h], what it consumed
    std::int64_t passes = 0;
    int slot = -1; // in a graph's batch; below 0: none

    bool finished = false;
    RenderReport report;
    const std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};
} // namespace tableread::engine
