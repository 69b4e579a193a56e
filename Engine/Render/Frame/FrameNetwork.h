// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "Network/Sampler/Sampler.h"
#include "Render/Frame/Sequence.h"
#include "Render/FramePart.h"

namespace tableread::engine
{
/** How work is issued to a GPU; a CPU always works operation by operation. */
enum class LaunchMode
{
    Graphs, // a step is recorded once and replayed as a whole
    Eager
};

/** START, END, frame and end of text: the order of Sequence::scores. */
std::array<std::int64_t, 4> tokensInOrder (const SpecialTokens& special);

/** Rows of a pass that are computed together. */
struct PassBlock
{
    at::Tensor rows; // [M, h]
    kernels::AttentionRows attention;
};

/** What a frame of B slots is made from. Rows of the codec states are slots. */
struct FrameSlots
{
    at::Tensor latents; // [B, D], in the scaled space
    CodecState &decoder, &semanticEncoder;
};

/** Observers of a frame that is being made. */
struct FrameTaps
{
    /** Runs the work of a part, to time it. */
    std::function<void (FramePart part, const std::function<void()>& work)> during =
        [] (FramePart, const std::function<void()>& work) { work(); };

    Tap* tap = nullptr;
    std::string name {}; // of the frame, for the tap: "f3."
};

/** The computation of a step, issued operation by operation or recorded as graphs. Works on slots: eagerly on one
    sequence's own tensors, in a graph on buffers at fixed addresses. Keeps no state between steps. */
class FrameNetwork
{
public:
    FrameNetwork (VibeVoice& model, const SpecialTokens& tokens);

    /** Eagerly, the blocks in order → hidden states [M, h] of all of them after the final norm. Changes the blocks' rows.
        Writes rows to the stores; the caller counts them (KvCache::append). layerTap: sees prefill.layer{l}.out, each
        layer's output for the first branch. */
    at::Tensor pass (std::span<PassBlock> blocks, Tap* layerTap) const;

    /** The end of a pass: the final norm of all blocks. */
    at::Tensor normalised (std::span<const PassBlock> blocks) const;

    /** hidden [M, h] → [M, 4], in the order of tokensInOrder(). */
    at::Tensor scores (const at::Tensor& hidden) const;

    /** Decodes the latents: → the frame's audio [B, samples]. */
    at::Tensor audioOf (const FrameSlots& slots, const FrameTaps& taps = {}) const;

    /** Encodes that audio, and connects it and the latents to the language model: → its next inputs [B, h]. */
    at::Tensor nextInputs (const FrameSlots& slots, const at::Tensor& audio, LaunchMode mode,
                           const FrameTaps& taps = {}) const;

    VibeVoice& model;
    Sampler sampler;

private:
    kernels::Weight choices; // output rows of the four possible tokens
};
} // namespace tableread::engine
