// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/Preparation.h"

#include <algorithm>
#include <utility>

#include "Render/Frame/PassRows.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t mostRows = 512;  // of a piece: bounds the memory of a pass, and loses no speed
constexpr double attentionSlowness = 2; // attention's time for a multiply-add, the products' being 1
constexpr double firstRowMs = 5, firstVoiceMs = 20; // guesses that leave room; measured from then on

/** Gives the sequence its voices' features once they are complete. */
void sampleVoices (Sequence& sequence)
{
    if (sequence.input.sampleVoices)
        sequence.attempt (
            [&] { sequence.input.voiceFeatures = std::exchange (sequence.input.sampleVoices, {})(); });
}
} // namespace

Preparation::Preparation (const VibeVoice& model)
    : offloads (model.streamed != nullptr)
    , block (model.device().is_cuda() ? promptBlockOnGpu : 1)
    , promptCost (firstRowMs)
    , voiceCost (firstVoiceMs)
{
    const auto& lm = model.config().languageModel;
    const double products =
        (double) lm.hidden *
        ((double) (2 * lm.heads + 2 * lm.kvHeads) * (double) lm.headDim + 3.0 * (double) lm.intermediate);
    attentionShare = attentionSlowness * 2.0 * (double) (lm.heads * lm.headDim) / products;
}

/** Work of a prompt's row at this position: the products, and attention to all positions before it. */
double Preparation::rowUnits (double position) const
{
    return 1.0 + attentionShare * position;
}

double Preparation::units (std::int64_t first, std::int64_t rows) const
{
    return (double) rows * rowUnits ((double) first + (double) rows / 2);
}

double Preparation::units (const std::vector<PromptPiece>& pieces) const
{
    double sum = 0;
    for (const auto& piece : pieces)
        sum += units (piece.sequence->positive.length(), piece.rows);
    return sum;
}

std::int64_t Preparation::rowsFitting (double ms, std::int64_t first, std::int64_t most) const
{
    const double fitting = promptCost.fitting (ms);
    const auto rows = std::min ((double) most, fitting / rowUnits ((double) first));
    return (std::int64_t) (fitting / rowUnits ((double) first + rows / 2));
}

double Preparation::leftMs (const Sequence& sequence) const
{
    double ms = promptCost.ms (units (sequence.positive.length(), sequence.promptRowsLeft()));
    for (const auto& voice : sequence.input.voices)
        ms += voiceCost.ms ((double) voice->framesLeft());
    return ms;
}

/** Those to prepare, the one whose turn it is first, then the others by the time they need. */
std::vector<Sequence*> Preparation::inTurn (const Sequences& all) const
{
    std::vector<Sequence*> waiting;
    for (const auto& sequence : all)
        if (! sequence->isPrepared() && ! sequence->isParked && sequence->failure == nullptr)
            waiting.push_back (sequence.get());
    const auto byTime = waiting.begin() + (turns % 2 == 1 && ! waiting.empty() ? 1 : 0);
    std::stable_sort (byTime, waiting.end(),
                      [this] (const auto* a, const auto* b) { return leftMs (*a) < leftMs (*b); });
    return waiting;
}

std::vector<PromptPiece> Preparation::promptPieces (const Sequences& all, bool somebodySpeaks, double& roomMs)
{
    ++turns;
    std::vector<PromptPiece> pieces;
    for (auto* sequence : inTurn (all))
    {
        if (roomMs <= 0 || sequence->voiceToEncode() != nullptr)
            break; // its voices take the rest of the room
        sampleVoices (*sequence);
        if (sequence->failure != nullptr)
            continue;
        const auto left = sequence->promptRowsLeft();
        auto rows = rowsFitting (roomMs, sequence->positive.length(), left);
        if (offloads && ! somebodySpeaks)
            rows = mostRows; // their work hides behind the link
        if (rows < block && rows < left && ! pieces.empty())
            break;
        rows = std::max (std::min (rows, mostRows) / block, std::int64_t { 1 }) * block;
        if (sequence->input.tap != nullptr)
            rows = left; // a tap sees prompts whole
        pieces.push_back ({ sequence, std::clamp<std::int64_t> (rows, 1, left) });
        roomMs -= promptCost.ms (units ({ pieces.back() }));
        if (sequence->input.tap != nullptr)
            break;
    }
    return pieces;
}

double Preparation::encodeVoices (const Sequences& all, double roomMs, const Pacing& clock)
{
    const double begin = clock.now();
    for (auto* sequence : inTurn (all))
        while (auto* voice = sequence->voiceToEncode())
        {
            const double before = clock.now(), left = roomMs - (before - begin);
            if (left <= 0)
                return before - begin;
            const auto frames =
                std::clamp<std::int64_t> ((std::int64_t) voiceCost.fitting (left), 1, voice->framesLeft());
            sequence->attempt ([&] { voice->encode (frames); });
            if (sequence->failure != nullptr)
                break;
            voiceCost.took ((double) frames, clock.now() - before);
        }
    return clock.now() - begin;
}

std::vector<PromptPiece> Preparation::everything (const Sequences& all)
{
    std::vector<PromptPiece> pieces;
    for (auto* sequence : inTurn (all))
    {
        while (auto* voice = sequence->voiceToEncode())
            voice->encode (voice->framesLeft());
        sampleVoices (*sequence);
        pieces.push_back ({ sequence, sequence->promptRowsLeft() });
    }
    return pieces;
}
} // namespace tableread::engine
