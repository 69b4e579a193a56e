// SPDX-License-Identifier: Apache-2.0
#include "Render/FrameLoop.h"

#include <array>
#include <ATen/ATen.h>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace tableread::engine
{
namespace
{
/** Adds the time from its making to its end, shared among `owners`, to one part of their reports. */
class PartTimer
{
public:
    PartTimer (std::span<Sequence* const> of, double PartTimes::*which) : owners (of), part (which) {}

    ~PartTimer()
    {
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
        for (auto* owner : owners)
            owner->report.times.*part += spent.count() / (double) owners.size();
    }

private:
    std::span<Sequence* const> owners;
    double PartTimes::*part;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

std::array<std::int64_t, 4> tokensInOrder (const SpecialTokens& special)
{
    return { special.speechStart, special.speechEnd, special.speechFrame, special.endOfText };
}
} // namespace

FrameLoop::FrameLoop (VibeVoice& of, SpecialTokens tokens)
    : model (of)
    , special (tokens)
    , choices (model.languageModel.outputRows (tokensInOrder (tokens)))
    , sampler (model.diffusionHead)
{}

std::shared_ptr<Sequence> FrameLoop::join (SequenceInput input)
{
    auto sequence = std::make_shared<Sequence> (model, std::move (input));
    Sequence* const only[] { sequence.get() };
    pass (only);
    active.push_back (sequence);
    return sequence;
}

void FrameLoop::leave (const std::shared_ptr<Sequence>& sequence)
{
    if (! sequence->finished)
        finish (*sequence, FinishReason::Cancelled);
    active.remove (sequence);
}

void FrameLoop::finish (Sequence& sequence, FinishReason reason)
{
    sequence.finished = true;
    sequence.report.finish = reason;
    sequence.report.totalMs = sequence.millisecondsSinceBegun();
}

bool FrameLoop::step()
{
    std::map<int, std::vector<Sequence*>> frames; // by number of diffusion steps
    std::vector<Sequence*> running;
    for (const auto& sequence : active)
    {
        chooseToken (*sequence);
        if (! sequence->finished && sequence->wantsFrame (special))
            frames[sequence->input.settings.steps].push_back (sequence.get());
    }
    active.remove_if ([] (const auto& sequence) { return sequence->finished; });
    for (const auto& [steps, sequences] : frames)
        makeFrames (sequences);
    for (const auto& sequence : active)
        running.push_back (sequence.get());
    if (! running.empty())
        pass (running);
    return ! active.empty();
}

void FrameLoop::chooseToken (Sequence& sequence)
{
    auto& report = sequence.report;
    const auto count = report.tokens.size();
    if (sequence.input.events.isCancelled && sequence.input.events.isCancelled())
        return finish (sequence, FinishReason::Cancelled);
    if ((std::int64_t) count >= sequence.tokenLimit || report.frames >= sequence.frameLimit)
        return finish (sequence, FinishReason::Length);

    const auto tokens = tokensInOrder (special);
    std::int64_t token = 0;
    if (sequence.input.forcedTokens.empty())
    {
        const auto scores = kernels::linear (sequence.hidden.unsqueeze (0), choices).cpu();
        const auto* score = scores.const_data_ptr<float>();
        std::size_t best = 0;
        for (std::size_t i = 1; i < tokens.size();
             ++i) // of equal scores the lowest id, as argmax over the vocabulary
            if (score[i] > score[best] || (score[i] == score[best] && tokens[i] < tokens[best]))
                best = i;
        token = tokens[best];
    }
    else
        token = sequence.input.forcedTokens[count];
    report.tokens.push_back (token);

    if (token == special.endOfText)
        return finish (sequence, FinishReason::Stop);
    if (token == special.speechFrame)
        return;
    if (token == special.speechEnd)
    {
        sequence.decoderState = {};
        sequence.semanticState = {};
    }
    if (sequence.guided())
        sequence.negative.truncate (token == special.speechStart ? 0 : sequence.negative.length() - 1);
    sequence.nextInput = model.languageModel.embed ({ token });
}

void FrameLoop::makeFrames (std::span<Sequence* const> sequences)
{
    at::Tensor latents;
    {
        const PartTimer timer (sequences, &PartTimes::diffusionHead);
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
                                  input.settings.guidanceScale, input.tap, name });
        }
        latents = sampler.sample (requests, sequences.front()->input.settings.steps);
    }
    for (std::size_t i = 0; i < sequences.size(); ++i)
        finishFrame (*sequences[i], latents[(std::int64_t) i].clone());
}

void FrameLoop::finishFrame (Sequence& sequence, at::Tensor latent)
{
    Sequence* const only[] { &sequence };
    auto& input = sequence.input;
    const auto name = "f" + std::to_string (sequence.report.frames) + ".";
    tap (input.tap, name + "latent", latent);
    if (const auto seen = input.events.onLatent ? latent.cpu() : at::Tensor {}; seen.defined())
        input.events.onLatent ({ seen.const_data_ptr<float>(), (std::size_t) seen.numel() });
    latent = latent.reshape ({ 1, -1 });

    at::Tensor audio, semantic;
    {
        const PartTimer timer (only, &PartTimes::decoder);
        audio = model.decoder.decode (model.unscaled (latent).unsqueeze (0), sequence.decoderState);
    }
    tap (input.tap, name + "audio", audio);
    if (sequence.report.frames++ == 0)
        sequence.report.firstFrameMs = sequence.millisecondsSinceBegun();
    if (const auto heard = audio.cpu(); input.events.onFrame)
        input.events.onFrame ({ heard.const_data_ptr<float>(), (std::size_t) heard.numel() });
    {
        const PartTimer timer (only, &PartTimes::semanticEncoder);
        semantic = model.semanticEncoder.encode (audio, sequence.semanticState)[0];
    }
    tap (input.tap, name + "semantic", semantic);
    tap (input.tap, name + "ac_in", latent);
    auto acoustic = model.acousticConnector (latent), meaning = model.semanticConnector (semantic);
    tap (input.tap, name + "ac_embed", acoustic);
    tap (input.tap, name + "sem_embed", meaning);
    sequence.nextInput = acoustic + meaning;
}

void FrameLoop::pass (std::span<Sequence* const> sequences)
{
    const bool isPrefill = sequences.front()->passes == 0;
    const PartTimer timer (sequences, isPrefill ? &PartTimes::prefill : &PartTimes::languageModel);
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
    const auto out =
        model.languageModel.forward (at::cat (inputs), kernels::makeAttentionRows (std::move (groups)),
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
        if (s->input.tap != nullptr)
        {
            if (allRows.n == 0)
            {
                std::vector<std::int64_t> ids ((std::size_t) model.config().languageModel.vocabulary);
                std::iota (ids.begin(), ids.end(), 0);
                allRows = model.languageModel.outputRows (ids);
            }
            auto logits = kernels::linear (s->hidden.unsqueeze (0), allRows);
            tap (s->input.tap, "logits" + std::to_string (s->passes), logits);
        }
        ++s->passes;
    }
}
} // namespace tableread::engine
