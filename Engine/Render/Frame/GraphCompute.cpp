// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/GraphCompute.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Core/Error.h"
#include "Kernels/Chain.h"
#include "Kernels/Gpu/Kernels.h"
#include "Render/Frame/Graph.h"
#include "Render/Frame/PassGraphs.h"

namespace tableread::engine
{
/** The fixed places that graphs read and write, for B slots: rows 2s and 2s + 1 are the branches of slot s. */
struct GraphCompute::Slots
{
    Slots (const VibeVoice& model, int slots) : count (slots)
    {
        const auto& c = model.config();
        const auto onDevice = at::TensorOptions (at::kFloat).device (model.device());
        const auto h = c.languageModel.hidden;
        inputs = at::zeros ({ 2 * count, h }, onDevice);
        hidden = at::zeros ({ 2 * count, h }, onDevice);
        scores = at::zeros ({ 2 * count, 4 }, onDevice);
        latents = at::zeros ({ count, c.diffusionHead.latent }, onDevice);
        audio = at::zeros ({ count, c.frameSamples }, onDevice);
        active = at::zeros ({ count }, onDevice.dtype (at::kInt));
        rows.firstRows = (at::arange (count, at::kInt) * 2).to (model.device());
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
    }

    int count;
    at::Tensor inputs, hidden, scores, noise, latents, audio, active;
    at::Tensor hostTable, hostNoise, hostActive, hostGuidance, hostAudio, hostScores;
    kernels::GuidedRows rows;
    kernels::AttentionRows attention;
    CodecState decoderState, semanticState;
    std::unique_ptr<PassGraphs> passGraphs;
    std::map<int, std::unique_ptr<Graph>> frameGraphs; // by diffusion steps
};

GraphCompute::GraphCompute (VibeVoice& of, Sampler& with, const SpecialTokens& tokens)
    : model (of)
    , sampler (with)
    , eager (of, with, tokens)
    , choices (of.languageModel.outputRows (tokensInOrder (tokens)))
{
    kernels::gpu().useOwnStream();
}

GraphCompute::~GraphCompute() = default;

void GraphCompute::resize (int count)
{
    auto made = std::make_unique<Slots> (model, count);
    if (slots != nullptr)
    {
        const auto seatedSoFar = slots->count;
        made->hidden.narrow (0, 0, 2 * seatedSoFar).copy_ (slots->hidden);
        made->inputs.narrow (0, 0, 2 * seatedSoFar).copy_ (slots->inputs);
        made->hostGuidance.narrow (0, 0, seatedSoFar).copy_ (slots->hostGuidance);
    }
    if (slots != nullptr && ! slots->decoderState.contexts.empty())
    {
        const auto move = [&] (const CodecState& from, CodecState& to) {
            for (const auto& context : from.contexts)
            {
                to.contexts.push_back (
                    at::zeros ({ count, context.size (1), context.size (2) }, context.options()));
                to.contexts.back().narrow (0, 0, context.size (0)).copy_ (context);
            }
        };
        move (slots->decoderState, made->decoderState);
        move (slots->semanticState, made->semanticState);
    }
    slots = std::move (made);
    seated.resize ((std::size_t) count, nullptr);
}

/** A sequence whose prompt has run takes a seat. */
void GraphCompute::place (Sequence& sequence)
{
    auto seat = std::ranges::find (seated, nullptr);
    if (seat == seated.end())
    {
        const int count = seated.empty() ? 1 : 2 * (int) seated.size();
        if (count > maxSlots)
            fail (ErrorCode::Busy, "the batch is full: " + std::to_string (maxSlots) +
                                       " passages at once are the most. Wait for one to end.");
        resize (count);
        seat = std::ranges::find (seated, nullptr);
    }
    *seat = &sequence;
    sequence.slot = (int) (seat - seated.begin());
    const auto row = 2 * sequence.slot;
    slots->hidden[row].copy_ (sequence.hidden);
    if (sequence.guided())
        slots->hidden[row + 1].copy_ (sequence.uncondition);
    slots->hostGuidance[sequence.slot].fill_ (sequence.input.settings.guidanceScale);
    slots->rows.guidance.copy_ (slots->hostGuidance, true);
    endSpeech (sequence);
}

void GraphCompute::leave (Sequence& sequence)
{
    if (sequence.slot >= 0)
        seated[(std::size_t) sequence.slot] = nullptr;
    sequence.slot = -1;
}

void GraphCompute::endSpeech (Sequence& sequence)
{
    if (sequence.slot < 0)
        return eager.endSpeech (sequence);
    for (auto* state : { &slots->decoderState, &slots->semanticState })
        for (auto& context : state->contexts)
            context[sequence.slot].zero_();
}

/** The host has issued all of a part and needs what comes out of it. */
void GraphCompute::waitFor (FramePart part)
{
    const ProfileScope wait (model.profiler.get(), { .kind = ProfileSpan::Kind::HostWait, .part = part });
    kernels::gpu().synchronise();
}

void GraphCompute::takeToken (Sequence& sequence, std::int64_t token)
{
    if (sequence.slot < 0)
        return eager.takeToken (sequence, token);
    slots->inputs.narrow (0, 2 * sequence.slot, 2).copy_ (model.languageModel.embed ({ token }));
}

void GraphCompute::pass (std::span<Sequence* const> sequences)
{
    auto* first = sequences.front();
    if (first->passes == 0 || first->input.tap != nullptr)
    {
        eager.pass (sequences);
        if (first->input.tap == nullptr)
            place (*first);
        return;
    }
    auto* const profiler = model.profiler.get();
    const PartTimer timer (profiler, FramePart::LanguageModel, sequences);
    auto table = slots->hostTable.accessor<std::int64_t, 2>();
    std::int64_t longest = 0;
    for (std::int64_t r = 0; r < table.size (0); ++r)
        table[r][3] = -1; // not in use
    for (auto* s : sequences)
    {
        const auto write = [&] (std::int64_t row, const KvCache& cache) {
            const auto group = cache.group (1);
            table[row][0] = reinterpret_cast<std::int64_t> (group.store.keys.data_ptr());
            table[row][1] = reinterpret_cast<std::int64_t> (group.store.values.data_ptr());
            table[row][2] = cache.capacity();
            table[row][3] = cache.length();
            longest = std::max (longest, cache.length() + 1);
            if (slots->attention.groups.empty())
                slots->attention.groups.push_back (group); // tells the stores' type
        };
        write (2 * s->slot, s->positive);
        if (s->guided())
            write (2 * s->slot + 1, s->negative);
    }
    if (slots->passGraphs == nullptr)
        slots->passGraphs = std::make_unique<PassGraphs> (
            model.languageModel, choices,
            PassGraphs::Places { slots->inputs, slots->hidden, slots->scores, &slots->attention }, profiler);
    {
        const ProfileScope queue (profiler,
                                  { .kind = ProfileSpan::Kind::Queue, .part = FramePart::LanguageModel });
        slots->attention.table.copy_ (slots->hostTable, true);
        slots->passGraphs->run (longest);
        slots->hostScores.copy_ (slots->scores, true);
    }
    waitFor (FramePart::LanguageModel);
    const auto* scores = slots->hostScores.const_data_ptr<float>();
    for (auto* s : sequences)
    {
        std::copy_n (scores + 2 * s->slot * 4, 4, s->scores.begin());
        s->positive.append (1);
        if (s->guided())
            s->negative.append (1);
        ++s->passes;
    }
}

void GraphCompute::makeFrames (std::span<Sequence* const> sequences)
{
    if (sequences.front()->input.tap != nullptr)
        return eager.makeFrames (sequences);
    const int steps = sequences.front()->input.settings.steps;
    {
        auto* const profiler = model.profiler.get();
        const PartTimer timer (profiler, FramePart::Sound, sequences);
        slots->hostActive.zero_();
        for (auto* s : sequences)
        {
            slots->hostActive[s->slot].fill_ (1);
            slots->hostNoise[s->slot].copy_ (
                s->input.noise->frame (s->report.frames, model.config().diffusionHead.latent));
        }
        slots->active.copy_ (slots->hostActive, true);
        slots->noise.copy_ (slots->hostNoise, true);
        auto& graph = slots->frameGraphs[steps];
        if (graph == nullptr)
        {
            const auto body = [this, steps] {
                slots->latents.copy_ (slots->noise);
                sampler.run (slots->hidden, slots->rows, slots->latents, steps);
                const auto sound =
                    model.decoder.decode (model.unscaled (slots->latents).unsqueeze (1), slots->decoderState);
                slots->audio.copy_ (sound);
                slots->hostAudio.copy_ (slots->audio, true);
                const auto meaning = model.semanticEncoder.encode (sound, slots->semanticState).squeeze (1);
                at::Tensor fromSound, fromMeaning;
                kernels::chained (meaning.device(), [&] {
                    fromSound = model.acousticConnector (slots->latents);
                    fromMeaning = model.semanticConnector (meaning);
                });
                const auto next = fromSound + fromMeaning;
                const auto chosen = slots->active.view ({ -1, 1, 1 }).to (at::kBool);
                const auto both = slots->inputs.view ({ slots->count, 2, -1 });
                slots->inputs.copy_ (at::where (chosen, next.unsqueeze (1), both).view_as (slots->inputs));
            };
            sampler.prepare (steps);
            // The first run is for real too, so the contexts have to be as they were before the recording's own.
            const auto before = slots->active.clone();
            slots->active.zero_();
            graph = std::make_unique<Graph> (body);
            slots->active.copy_ (before);
        }
        {
            const ProfileScope work (profiler, { .kind = ProfileSpan::Kind::Work, .part = FramePart::Sound });
            graph->replay();
        }
        waitFor (FramePart::Sound);
    }
    const auto hop = model.config().frameSamples;
    for (auto* s : sequences)
    {
        if (s->report.frames++ == 0)
            s->report.firstFrameMs = s->millisecondsSinceBegun();
        if (s->input.events.onLatent)
        {
            const auto latent = slots->latents[s->slot].cpu();
            s->input.events.onLatent ({ latent.const_data_ptr<float>(), (std::size_t) latent.numel() });
        }
        if (s->input.events.onFrame)
            s->input.events.onFrame (
                { slots->hostAudio.const_data_ptr<float>() + s->slot * hop, (std::size_t) hop });
    }
}
} // namespace tableread::engine
