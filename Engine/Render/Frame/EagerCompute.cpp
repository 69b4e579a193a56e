// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/EagerCompute.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <numeric>
#include <string>
#include <vector>

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

void EagerCompute::leave (Sequence&)
{}

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
    for (std::size_t i = 0; i < sequences.size(); ++i)
        finishFrame (*sequences[i], latents[(std::int64_t) i].clone());
}

void EagerCompute::finishFrame (Sequence& sequence, at::Tensor latent)
{
    Sequence* const only[] { &sequence };
    auto& input = sequence.input;
    const auto name = "f" + std::to_string (sequence.report.frames) + ".";
    tap (input.tap, name + "latent", latent);
    if (const auto seen = input.events.onLatent ? latent.cpu() : at::Tensor {}; seen.defined())
        input.events.onLatent ({ seen.const_data_ptr<float>(), (std::size_t) seen.numel() });
    const auto onAudio = [&] (const at::Tensor& audio) {
        if (sequence.report.frames++ == 0)
            sequence.report.firstFrameMs = sequence.millisecondsSinceBegun();
        if (const auto heard = audio.cpu(); input.events.onFrame)
            input.events.onFrame ({ heard.const_data_ptr<float>(), (std::size_t) heard.numel() });
    };
    const auto during = [&] (FramePart part, const std::function<void()>& work) {
        const PartTimer timer (model.profiler.get(), part, only);
        work();
    };
    sequence.nextInput =
        network.nextInputs ({ latent.reshape ({ 1, -1 }), sequence.decoderState, sequence.semanticState },
                            LaunchMode::Eager, { onAudio, during, input.tap, name });
}

void EagerCompute::pass (std::span<Sequence* const> sequences)
{
    const bool isPrefill = sequences.front()->passes == 0;
    const auto part = isPrefill ? FramePart::Prompt : FramePart::LanguageModel;
    const PartTimer timer (model.profiler.get(), part, sequences);
    const ProfileScope queue (model.profiler.get(),
                              { .kind = ProfileSpan::Kind::Queue, .part = numberOf (part) });
    std::vector<at::Tensor> inputs;
    std::vector<kernels::AttentionGroup> groups;
    for (auto* s : sequences)
    {
        const auto last = s->nextInput.size (0) - 1;
        if (s->guided())
            s->negativeInput = s->nextInput.slice (0, last).clone();
        tap (s->input.tap, "lm.p" + std::to_string (s->passes) + ".in", s->nextInput);
        inputs.push_back (s->nextInput);
        groups.push_back (s->positive.group (s->nextInput.size (0)));
        if (s->guided())
        {
            inputs.push_back (s->nextInput.slice (0, last));
            groups.push_back (s->negative.group (1));
        }
    }
    const auto out = network.pass (at::cat (inputs), kernels::makeAttentionRows (std::move (groups)),
                                   isPrefill ? sequences.front()->input.tap : nullptr);
    for (auto* s : sequences)
    {
        s->positive.append (s->nextInput.size (0));
        if (s->guided())
            s->negative.append (1);
    }

    std::int64_t row = 0;
    for (auto* s : sequences)
    {
        const auto rows = s->nextInput.size (0);
        auto own = out.narrow (0, row, rows).clone();
        tap (s->input.tap, "lm.p" + std::to_string (s->passes) + ".out", own);
        s->hidden = own[rows - 1];
        row += rows;
        if (s->guided())
            s->uncondition = out[row++].clone();
        score (*s);
        ++s->passes;
    }
}
} // namespace tableread::engine
