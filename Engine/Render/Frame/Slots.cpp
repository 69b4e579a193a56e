// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/Slots.h"

#include <ATen/ATen.h>

namespace tableread::engine
{
namespace
{
/** In one launch: a codec has dozens of contexts. */
void zeroAll (const std::vector<at::Tensor>& tensors)
{
    if (! tensors.empty())
        at::_foreach_zero_ (tensors);
}

void takeOver (const CodecState& others, const at::Tensor& from, CodecState& own, std::int64_t count)
{
    zeroAll (own.contexts);
    std::vector<at::Tensor> to, moved;
    for (std::size_t i = 0; i < others.contexts.size(); ++i)
    {
        const auto& context = others.contexts[i];
        if (own.contexts.size() == i)
            own.contexts.push_back (
                at::zeros ({ count, context.size (1), context.size (2) }, context.options()));
        to.push_back (own.contexts[i].narrow (0, 0, from.size (0)));
        moved.push_back (context.index_select (0, from));
    }
    if (! to.empty())
        at::_foreach_copy_ (to, moved);
}
} // namespace

Slots::Slots (const FrameNetwork& network, std::int64_t slots) : count (slots)
{
    const auto& c = network.model.config();
    const auto onDevice = at::TensorOptions (at::kFloat).device (network.model.device());
    const auto h = c.languageModel.hidden;
    inputs = at::zeros ({ 2 * count, h }, onDevice);
    hidden = at::zeros ({ 2 * count, h }, onDevice);
    scores = at::zeros ({ 2 * count, 4 }, onDevice);
    latents = at::zeros ({ count, c.diffusionHead.latent }, onDevice);
    audio = at::zeros ({ count, c.frameSamples }, onDevice);
    active = at::zeros ({ count }, onDevice.dtype (at::kInt));
    rows.firstRows = (at::arange (count, at::kInt) * 2).to (network.model.device());
    rows.guidance = at::ones ({ count }, onDevice);
    attention.count = 2 * count;
    attention.table = at::zeros ({ 2 * count, 4 }, onDevice.dtype (at::kLong));
    decoderState.active = active;
    semanticState.active = active;
    hostTable = at::zeros ({ 2 * count, 4 }, at::kLong).pin_memory();
    hostNoise = at::zeros (latents.sizes(), at::kFloat).pin_memory();
    hostActive = at::zeros ({ count }, at::kInt).pin_memory();
    hostGuidance = at::ones ({ count }, at::kFloat).pin_memory();
    hostAudio = at::zeros (audio.sizes(), at::kFloat).pin_memory();
    hostScores = at::zeros (scores.sizes(), at::kFloat).pin_memory();
    noise = at::zeros_like (latents);
    passGraphs =
        std::make_unique<PassGraphs> (network, PassGraphs::Places { inputs, hidden, scores, &attention });
}

void Slots::takeOver (const Slots& others, std::span<const std::int64_t> from)
{
    const auto chosen = at::tensor (at::ArrayRef<std::int64_t> (from.data(), from.size()), at::kLong);
    const auto onDevice = chosen.to (hidden.device());
    const auto taken = (std::int64_t) from.size();
    const auto branches = [&] (const at::Tensor& all, at::Tensor& own) {
        const auto pairs = all.view ({ others.count, 2, -1 }).index_select (0, onDevice);
        own.narrow (0, 0, 2 * taken).copy_ (pairs.view ({ 2 * taken, -1 }));
    };
    branches (others.hidden, hidden);
    branches (others.inputs, inputs);
    hostGuidance.narrow (0, 0, taken).copy_ (others.hostGuidance.index_select (0, chosen));
    rows.guidance.copy_ (hostGuidance, true);
    engine::takeOver (others.decoderState, onDevice, decoderState, count);
    engine::takeOver (others.semanticState, onDevice, semanticState, count);
}

ParkedSlot Slots::take (std::int64_t slot) const
{
    const auto branches = [slot] (const at::Tensor& all) { return all.narrow (0, 2 * slot, 2).cpu(); };
    const auto contexts = [slot] (const CodecState& state) {
        std::vector<at::Tensor> own;
        for (const auto& context : state.contexts)
            own.push_back (context[slot].cpu());
        return own;
    };
    return { branches (inputs), branches (hidden), contexts (decoderState), contexts (semanticState) };
}

void Slots::put (std::int64_t slot, const ParkedSlot& parked)
{
    inputs.narrow (0, 2 * slot, 2).copy_ (parked.inputs);
    hidden.narrow (0, 2 * slot, 2).copy_ (parked.hidden);
    for (std::size_t i = 0; i < parked.decoder.size(); ++i)
        decoderState.contexts[i][slot].copy_ (parked.decoder[i]);
    for (std::size_t i = 0; i < parked.semantic.size(); ++i)
        semanticState.contexts[i][slot].copy_ (parked.semantic[i]);
}

void Slots::silence (std::int64_t slot)
{
    std::vector<at::Tensor> own;
    for (const auto* state : { &decoderState, &semanticState })
        for (const auto& context : state->contexts)
            own.push_back (context[slot]);
    zeroAll (own);
}
} // namespace tableread::engine
