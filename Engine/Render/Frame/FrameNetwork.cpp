// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/FrameNetwork.h"

#include <ATen/ATen.h>
#include <vector>

#include "Kernels/PersistentKernel.h"

namespace tableread::engine
{
std::array<std::int64_t, 4> tokensInOrder (const SpecialTokens& special)
{
    return { special.speechStart, special.speechEnd, special.speechFrame, special.endOfText };
}

FrameNetwork::FrameNetwork (VibeVoice& of, const SpecialTokens& tokens)
    : model (of)
    , sampler (of.diffusionHead)
    , choices (of.languageModel.outputRows (tokensInOrder (tokens)))
{}

at::Tensor FrameNetwork::pass (std::span<PassBlock> blocks, Tap* layerTap) const
{
    model.languageModel.walk (LayerSteps::Single, [&] (const LayerStretch& layer) {
        for (auto& block : blocks)
            model.languageModel.run (block.rows, layer, block.attention);
        if (layerTap == nullptr)
            return;
        const auto& first = blocks.front();
        auto seen = first.rows.narrow (0, 0, first.attention.groups.front().rows).clone();
        layerTap->see ("prefill.layer" + std::to_string (layer.last) + ".out", seen);
    });
    return normalised (blocks);
}

at::Tensor FrameNetwork::normalised (std::span<const PassBlock> blocks) const
{
    std::vector<at::Tensor> all;
    for (const auto& block : blocks)
        all.push_back (model.languageModel.normalised (block.rows));
    return at::cat (all);
}

at::Tensor FrameNetwork::scores (const at::Tensor& hidden) const
{
    return kernels::linear (hidden, choices);
}

at::Tensor FrameNetwork::audioOf (const FrameSlots& slots, const FrameTaps& taps) const
{
    at::Tensor audio;
    taps.during (FramePart::Decoder, [&] {
        audio = model.decoder.decode (model.unscaled (slots.latents).unsqueeze (1), slots.decoder);
    });
    tap (taps.tap, taps.name + "audio", audio);
    return audio;
}

at::Tensor FrameNetwork::nextInputs (const FrameSlots& slots, const at::Tensor& audio, LaunchMode mode,
                                     const FrameTaps& taps) const
{
    const auto see = [&taps] (const char* what, at::Tensor& value) {
        tap (taps.tap, taps.name + what, value);
    };
    auto latents = slots.latents;
    at::Tensor semantic, fromSound, fromMeaning;
    taps.during (FramePart::SemanticEncoder,
                 [&] { semantic = model.semanticEncoder.encode (audio, slots.semanticEncoder).squeeze (1); });
    see ("semantic", semantic);
    see ("ac_in", latents);
    const auto connect = [&] {
        fromSound = model.acousticConnector (latents);
        fromMeaning = model.semanticConnector (semantic);
    };
    if (mode == LaunchMode::Graphs)
        kernels::inPersistentKernel (latents.device(), connect);
    else
        connect();
    see ("ac_embed", fromSound);
    see ("sem_embed", fromMeaning);
    return fromSound + fromMeaning;
}
} // namespace tableread::engine
