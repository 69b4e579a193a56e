// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
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

/** The input of a generation. */
struct SequenceInput
{
    std::vector<std::int64_t> ids; // prompt of P tokens, the last one speechStart
    std::int64_t prefixRows = 0;   // of them, those before the lines; 0: no later prompt may use them
    std::vector<std::int64_t> voicePositions;          // where voice features replace embeddings, ascending
    std::vector<std::shared_ptr<EncodedVoice>> voices; // to be complete before the prompt begins
    std::function<at::Tensor()> sampleVoices;          // called then: makes voiceFeatures
    at::Tensor voiceFeatures;                          // [positions, D] scaled; undefined without voices
    RenderSettings settings;
    std::shared_ptr<NoiseSource> noise;
    PassageEvents events;
    std::int64_t tokenLimit = 0;  // most generated tokens; 0: from the settings
    std::int64_t exactFrames = 0; // above 0: exactly this many, not the model's choice; for measuring
    bool isHeard = true;          // see PassageJob
    std::vector<std::int64_t> forcedTokens; // for tests: replace the model's choice; empty: none
    Tap* tap = nullptr;
};

/** A sequence's rows of the codec's contexts and of the pass, while it is parked. */
struct ParkedSlot
{
    at::Tensor inputs, hidden; // [2, h]
    std::vector<at::Tensor> decoder, semantic;
};

/** The state of one generation between steps: caches of both branches, codec streams, the embedding that the last
    pass consumed, its hidden states, and the results so far. */
struct Sequence
{
    Sequence (const VibeVoice& model, SequenceInput from);

    bool guided() const { return guidanceScale != 1.0f; }

    std::int64_t promptRowsLeft() const { return (std::int64_t) input.ids.size() - positive.length(); }

    /** On a GPU a prompt is computed in blocks: the end of the one with this row. */
    std::int64_t promptBlockEnd (std::int64_t row) const;

    bool isPrepared() const { return passes > 0; }
    bool speaks() const { return isPrepared() && ! isParked; }

    /** The first voice that is not complete; null if there is none. */
    EncodedVoice* voiceToEncode() const;

    /** Embeddings [rows, h] of the prompt from its `first` position on. */
    at::Tensor promptRows (const VibeVoice& model, std::int64_t first, std::int64_t rows);

    /** Moves what it keeps between steps, but for what lies in a slot. */
    void moveCaches (at::Device device);

    /** Does something for this sequence alone; what it throws ends it: `failure`. */
    void attempt (const std::function<void()>& work);

    /** Call the events in the same way. */
    void tellFrame (std::span<const float> samples);
    void tellLatent (const at::Tensor& latent);

    double millisecondsSinceBegun() const
    {
        return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begun).count();
    }
    bool wantsFrame (const SpecialTokens& special) const
    {
        return report.tokens.back() == special.speechFrame;
    }

    SequenceInput input;
    float guidanceScale = 1.0f; // the settings', or the model's
    std::int64_t tokenLimit = 0, frameLimit = 0;
    KvCache positive, negative; // the negative branch sees only speechStart and the speech of its segment
    CodecState decoderState, semanticState;

    at::Tensor nextInput;           // [1, h] of the next positive pass, once it is prepared
    std::array<float, 4> scores {}; // of the possible tokens, see tokensInOrder
    at::Tensor hidden;              // [h], positive branch, after the final norm
    at::Tensor uncondition;         // [h], negative branch, run speculatively with each positive pass
    at::Tensor negativeInput;       // [1, h], the input of the negative branch
    std::int64_t passes = 0;
    std::int64_t slot = -1; // in a graph's batch; negative: none
    ParkedSlot parkedSlot;  // of a sequence that had a slot when it was parked

    std::uint64_t id = 0;
    bool isParked = false;
    bool finished = false;
    std::exception_ptr failure; // ends it before its next token
    RenderReport report;
    const std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

private:
    /** Rows of the voices as the language model takes them. On a GPU a row's sums depend on how many share a product, so all are
        computed with the first, however a prompt is divided into pieces. */
    at::Tensor connectedVoices (const VibeVoice& model, std::int64_t first, std::int64_t count);

    at::Tensor voiceRows; // on a GPU, until the prompt has them all
};
} // namespace tableread::engine
