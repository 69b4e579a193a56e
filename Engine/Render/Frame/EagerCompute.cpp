// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/EagerCompute.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <numeric>
#include <string>
#include <vector>

#include "Render/Frame/PassRows.h"

namespace tableread::engine
{
namespace
{
std::vector<CodecState*> statesOf (std::span<Sequence* const> sequences, CodecState Sequence::*which)
{
    std::vector<CodecState*> states;
    for (auto* sequence : sequences)
        states.push_back (&(sequence->*which));
    return states;
}
} // namespace

EagerCompute::EagerCompute (FrameNetwork& of) : network (of), model (of.model)
{}

void EagerCompute::takeToken (Sequence& sequence, std::int64_t token)
{
    sequence.nextInput = model.languageModel.embed ({ token });
}

void EagerCompute::endSpeech (Sequence& sequence)
{
    sequence.decoderState = {};
    sequence.semanticState = {};
}

void EagerCompute::park (Sequence& sequence)
{
    sequence.moveCaches (at::kCPU);
}

void EagerCompute::resume (Sequence& sequence)
{
    sequence.moveCaches (model.device());
}

void EagerCompute::score (Sequence& sequence)
{
    const auto scores = network.scores (sequence.hidden.unsqueeze (0)).cpu();
    std::copy_n (scores.const_data_ptr<float>(), sequence.scores.size(), sequence.scores.begin());
    if (sequence.input.tap == nullptr)
        return;
    if (allRows.n == 0)
    {
        std::vector<std::int64_t> ids ((std::size_t) model.config().languageModel.vocabulary);
        std::iota (ids.begin(), ids.end(), 0);
        allRows = model.languageModel.outputRows (ids);
    }
    auto logits = kernels::linear (sequence.hidden.unsqueeze (0), allRows);
    tap (sequence.input.tap, "logits" + std::to_string (sequence.passes), logits);
}

void EagerCompute::makeFrames (std::span<Sequence* const> sequences)
{
    at::Tensor latents;
    {
        const PartTimer timer (model.profiler.get(), FramePart::DiffusionHead, sequences);
        std::vector<SampleRequest> requests;
        for (auto* s : sequences)
        {
            const auto name = "f" + std::to_string (s->report.frames) + ".";
            auto& input = s->input;
            if (input.tap != nullptr)
            {
                const auto pass = "lm.n" + std::to_string (s->report.frames);
                tap (input.tap, name + "pos_condition", s->hidden);
                if (s->guided())
                {
                    tap (input.tap, pass + ".in", s->negativeInput);
                    tap (input.tap, pass + ".out", s->uncondition);
                    tap (input.tap, name + "neg_condition", s->uncondition);
                }
            }
            requests.push_back ({ s->hidden, s->guided() ? s->uncondition : at::Tensor {},
                                  input.noise->frame (s->report.frames, model.config().diffusionHead.latent),
                                  s->guidanceScale, input.tap, name });
        }
        latents = network.sampler.sample (requests, sequences.front()->input.settings.steps);
    }
    std::vector<Frames> all;
    for (std::size_t first = 0, count = 0; first < sequences.size(); first += count)
    {
        count = together (sequences.subspan (first));
        all.push_back (decoded (sequences.subspan (first, count),
                                latents.narrow (0, (std::int64_t) first, (std::int64_t) count).clone()));
    }
    for (const auto& frames : all) // together: each wakes whoever sends it, which takes time of the cores
        for (std::size_t i = 0; i < frames.sequences.size(); ++i)
        {
            const auto heard = frames.heard[(std::int64_t) i];
            frames.sequences[i]->tellFrame ({ heard.const_data_ptr<float>(), (std::size_t) heard.numel() });
        }
    for (auto& frames : all)
        connect (frames);
}

/** How many of them, from the first one on, go through the codecs together, which read their weights once for all. */
std::size_t EagerCompute::together (std::span<Sequence* const> sequences) const
{
    const auto isAlone = [this] (const Sequence* sequence) {
        return model.device().is_cuda() || sequence->input.tap != nullptr;
    };
    const auto alone = std::find_if (sequences.begin(), sequences.end(), isAlone);
    return std::max<std::size_t> (1, (std::size_t) (alone - sequences.begin()));
}

FrameTaps EagerCompute::tapsOf (const Frames& frames) const
{
    const auto during = [this, of = frames.sequences] (FramePart part, const std::function<void()>& work) {
        const PartTimer timer (model.profiler.get(), part, of);
        work();
    };
    return { during, frames.sequences.front()->input.tap, frames.name };
}

EagerCompute::Frames EagerCompute::decoded (std::span<Sequence* const> sequences, at::Tensor latents) const
{
    Frames frames { .sequences = sequences,
                    .latents = std::move (latents),
                    .decoder = join (statesOf (sequences, &Sequence::decoderState)),
                    .semantic = join (statesOf (sequences, &Sequence::semanticState)),
                    .name = "f" + std::to_string (sequences.front()->report.frames) + "." };
    for (std::size_t i = 0; i < sequences.size(); ++i)
    {
        auto latent = frames.latents[(std::int64_t) i];
        if (auto* const observer = sequences[i]->input.tap)
        {
            tap (observer, frames.name + "latent", latent); // which may put another one in its place
            frames.latents[(std::int64_t) i].copy_ (latent);
        }
        sequences[i]->tellLatent (latent);
    }
    frames.audio = network.audioOf (frames.slots(), tapsOf (frames));
    frames.heard = frames.audio.cpu();
    divide (frames.decoder, statesOf (sequences, &Sequence::decoderState));
    return frames;
}

void EagerCompute::connect (Frames& frames) const
{
    const auto inputs = network.nextInputs (frames.slots(), frames.audio, LaunchMode::Eager, tapsOf (frames));
    for (std::size_t i = 0; i < frames.sequences.size(); ++i)
        frames.sequences[i]->nextInput = inputs.narrow (0, (std::int64_t) i, 1);
    divide (frames.semantic, statesOf (frames.sequences, &Sequence::semanticState));
}

void EagerCompute::pass (std::span<Sequence* const> speaking, std::span<const PromptPiece> prompts)
{
    const PassTimers timers (model.profiler.get(), speaking, prompts);
    const ProfileScope queue (model.profiler.get(),
                              { .kind = ProfileSpan::Kind::Queue, .part = numberOf (timers.part) });
    PassRows rows (model, speaking, prompts);
    Tap* const layers = prompts.empty() ? nullptr : prompts.front().sequence->input.tap;
    const auto out = network.pass (rows.blocks, layers);
    rows.handOut (out, [this] (Sequence& s) { score (s); });
}
} // namespace tableread::engine
