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
    std::vector<Frame> frames;
    for (std::size_t i = 0; i < sequences.size(); ++i)
        frames.push_back (decoded (*sequences[i], latents[(std::int64_t) i].clone()));
    for (const auto& frame : frames) // together: each wakes whoever sends it, which takes time of the cores
        frame.sequence->tellFrame (
            { frame.heard.const_data_ptr<float>(), (std::size_t) frame.heard.numel() });
    for (const auto& frame : frames)
        connect (frame);
}

FrameSlots EagerCompute::slotsOf (const Frame& frame)
{
    return { frame.latent.reshape ({ 1, -1 }), frame.sequence->decoderState, frame.sequence->semanticState };
}

FrameTaps EagerCompute::tapsOf (const Frame& frame) const
{
    const auto during = [this, only = frame.sequence] (FramePart part, const std::function<void()>& work) {
        Sequence* const sequences[] { only };
        const PartTimer timer (model.profiler.get(), part, sequences);
        work();
    };
    return { during, frame.sequence->input.tap, frame.name };
}

EagerCompute::Frame EagerCompute::decoded (Sequence& sequence, at::Tensor latent) const
{
    Frame frame {
        &sequence, std::move (latent), {}, {}, "f" + std::to_string (sequence.report.frames) + "."
    };
    tap (sequence.input.tap, frame.name + "latent", frame.latent);
    sequence.tellLatent (frame.latent);
    frame.audio = network.audioOf (slotsOf (frame), tapsOf (frame));
    frame.heard = frame.audio.cpu();
    return frame;
}

void EagerCompute::connect (const Frame& frame) const
{
    frame.sequence->nextInput =
        network.nextInputs (slotsOf (frame), frame.audio, LaunchMode::Eager, tapsOf (frame));
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
