// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/GraphCompute.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <utility>

#include "Core/Error.h"
#include "Kernels/Gpu/Kernels.h"
#include "Render/Frame/PassRows.h"

namespace tableread::engine
{
GraphCompute::GraphCompute (FrameNetwork& of) : network (of), model (of.model), eager (of)
{
    kernels::gpu().useOwnStream();
}

GraphCompute::~GraphCompute() = default;

/** Moves the sequences to so many slots, where the first ones get them. */
void GraphCompute::resize (int count)
{
    auto& size = sizes[count];
    if (size == nullptr)
        size = std::make_unique<Slots> (network, count);
    std::vector<std::int64_t> from;
    std::vector<Sequence*> moved;
    for (auto* sequence : seated)
        if (sequence != nullptr)
        {
            from.push_back (std::exchange (sequence->slot, (std::int64_t) moved.size()));
            moved.push_back (sequence);
        }
    if (! from.empty())
        size->takeOver (*slots, from);
    slots = size.get();
    seated = std::move (moved);
    seated.resize ((std::size_t) count, nullptr);
    roomyPasses = 0;
}

/** A step of many slots takes longer than one of few, also if they are empty. */
void GraphCompute::shrinkIfRoomy()
{
    constexpr int patience = 4; // passes: the next sequence may join at once
    const auto half = (std::ptrdiff_t) seated.size() / 2;
    const auto taken = (std::ptrdiff_t) seated.size() - std::ranges::count (seated, nullptr);
    if (taken > half || half == 0)
        roomyPasses = 0;
    else if (++roomyPasses >= patience)
        resize ((int) half);
}

void GraphCompute::takeSlot (Sequence& sequence)
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
    sequence.slot = seat - seated.begin();
    slots->hostGuidance[sequence.slot].fill_ (sequence.guidanceScale);
    slots->rows.guidance.copy_ (slots->hostGuidance, true);
}

/** Assigns a slot to a sequence whose prompt has run. */
void GraphCompute::place (Sequence& sequence)
{
    takeSlot (sequence);
    const auto row = 2 * sequence.slot;
    slots->hidden[row].copy_ (sequence.hidden);
    if (sequence.guided())
        slots->hidden[row + 1].copy_ (sequence.uncondition);
    endSpeech (sequence);
}

void GraphCompute::placePrepared (std::span<const PromptPiece> prompts)
{
    for (const auto& piece : prompts)
        if (piece.sequence->isPrepared() && piece.sequence->input.tap == nullptr)
            place (*piece.sequence);
}

void GraphCompute::leave (Sequence& sequence)
{
    if (sequence.slot >= 0)
        seated[(std::size_t) sequence.slot] = nullptr;
    sequence.slot = -1;
}

void GraphCompute::park (Sequence& sequence)
{
    if (sequence.slot >= 0)
    {
        sequence.parkedSlot = slots->take (sequence.slot);
        leave (sequence);
    }
    eager.park (sequence);
}

void GraphCompute::resume (Sequence& sequence)
{
    eager.resume (sequence);
    if (! sequence.parkedSlot.inputs.defined())
        return;
    takeSlot (sequence);
    endSpeech (sequence); // it may have been parked before there were contexts
    slots->put (sequence.slot, std::exchange (sequence.parkedSlot, {}));
}

void GraphCompute::endSpeech (Sequence& sequence)
{
    if (sequence.slot < 0)
        return eager.endSpeech (sequence);
    slots->silence (sequence.slot);
}

/** Waits for a part that the host has fully issued and whose results it needs. */
void GraphCompute::waitFor (FramePart part)
{
    const ProfileScope wait (model.profiler.get(),
                             { .kind = ProfileSpan::Kind::HostWait, .part = numberOf (part) });
    kernels::gpu().synchronise();
}

void GraphCompute::takeToken (Sequence& sequence, std::int64_t token)
{
    if (sequence.slot < 0)
        return eager.takeToken (sequence, token);
    slots->inputs.narrow (0, 2 * sequence.slot, 2).copy_ (model.languageModel.embed ({ token }));
}

std::int64_t GraphCompute::writeTable (std::span<Sequence* const> sequences)
{
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
                slots->attention.groups.push_back (group); // determines the stores' type
        };
        write (2 * s->slot, s->positive);
        if (s->guided())
            write (2 * s->slot + 1, s->negative);
    }
    return longest;
}

void GraphCompute::pass (std::span<Sequence* const> speaking, std::span<const PromptPiece> prompts)
{
    if (speaking.empty() || speaking.front()->slot < 0)
    {
        eager.pass (speaking, prompts);
        return placePrepared (prompts);
    }
    shrinkIfRoomy();
    const PassTimers timers (model.profiler.get(), speaking, prompts);
    if (prompts.empty())
        return speak (speaking, {});
    PassRows rows (model, {}, prompts);
    speak (speaking, [&] (const LayerStretch& stretch) {
        for (auto& block : rows.blocks)
            model.languageModel.run (block.rows, stretch, block.attention);
    });
    rows.handOut (network.normalised (rows.blocks), [this] (Sequence& s) { eager.score (s); });
    placePrepared (prompts);
}

/** The graphs of the pass; `alongside` runs each stretch of layers for other rows while it is there. */
void GraphCompute::speak (std::span<Sequence* const> speaking,
                          const std::function<void (const LayerStretch&)>& alongside)
{
    const auto longest = writeTable (speaking);
    {
        const ProfileScope queue (model.profiler.get(), { .kind = ProfileSpan::Kind::Queue,
                                                          .part = numberOf (FramePart::LanguageModel) });
        slots->attention.table.copy_ (slots->hostTable, true);
        slots->passGraphs->run (longest, alongside);
        slots->hostScores.copy_ (slots->scores, true);
    }
    waitFor (FramePart::LanguageModel);
    const auto* scores = slots->hostScores.const_data_ptr<float>();
    for (auto* s : speaking)
    {
        std::copy_n (scores + 2 * s->slot * 4, 4, s->scores.begin());
        s->positive.append (1);
        if (s->guided())
            s->negative.append (1);
        ++s->passes;
    }
}

void GraphCompute::frame (int steps)
{
    slots->latents.copy_ (slots->noise);
    network.sampler.run ({ .hidden = slots->hidden, .rows = slots->rows }, slots->latents, steps);
    const FrameSlots made { slots->latents, slots->decoderState, slots->semanticState };
    const auto audio = network.audioOf (made);
    slots->audio.copy_ (audio);
    slots->hostAudio.copy_ (slots->audio, true);
    const auto next = network.nextInputs (made, audio, LaunchMode::Graphs);
    const auto chosen = slots->active.view ({ -1, 1, 1 }).to (at::kBool);
    const auto both = slots->inputs.view ({ slots->count, 2, -1 });
    slots->inputs.copy_ (at::where (chosen, next.unsqueeze (1), both).view_as (slots->inputs));
}

Graph& GraphCompute::frameGraph (int steps)
{
    auto& graph = slots->frameGraphs[steps];
    if (graph != nullptr)
        return *graph;
    network.sampler.prepare (steps);
    // Recording runs the work once for real, so the contexts must be restored to their earlier state.
    const auto before = slots->active.clone();
    slots->active.zero_();
    graph = std::make_unique<Graph> ([this, steps] { frame (steps); });
    slots->active.copy_ (before);
    return *graph;
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
        const auto& graph = frameGraph (steps);
        {
            const ProfileScope work (
                profiler, { .kind = ProfileSpan::Kind::Work, .part = numberOf (FramePart::Sound) });
            graph.replay();
        }
        waitFor (FramePart::Sound);
    }
    const auto hop = model.config().frameSamples;
    for (auto* s : sequences)
    {
        s->tellLatent (slots->latents[s->slot]);
        s->tellFrame ({ slots->hostAudio.const_data_ptr<float>() + s->slot * hop, (std::size_t) hop });
    }
}
} // namespace tableread::engine
