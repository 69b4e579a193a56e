// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/Preparation.h"

#include <algorithm>
#include <utility>

#include "Offload/Plan/ModelMemory.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t cpuPrefixPositions = 4'096; // some 16 casts with a voice of ten seconds
constexpr std::int64_t mostRows = 512;  // of a piece: bounds the memory of a pass, and loses no speed
constexpr double attentionSlowness = 2; // attention's time for a multiply-add, the products' being 1
constexpr double firstRowMs = 5, firstVoiceMs = 20; // guesses that leave room; measured from then on

} // namespace

Preparation::Preparation (const VibeVoice& model)
    : offloads (model.streamed != nullptr)
    , inBlocks (model.device().is_cuda())
    , prefixes (inBlocks ? prefixPositions : cpuPrefixPositions, inBlocks)
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

/** So many rows, up to the end of a block; one block at least. */
std::int64_t Preparation::wholeBlocks (const Sequence& sequence, std::int64_t rows) const
{
    if (! inBlocks)
        return std::max<std::int64_t> (rows, 1);
    const auto first = sequence.positive.length(), all = (std::int64_t) sequence.input.ids.size();
    auto end = sequence.promptBlockEnd (first);
    while (end < all && sequence.promptBlockEnd (end) - first <= rows)
        end = sequence.promptBlockEnd (end);
    return end - first;
}

/** Its voices are complete: gives it their features, unless an earlier prompt has left all their rows. */
void Preparation::begin (Sequence& sequence)
{
    if (sequence.positive.length() > 0)
        return;
    if (sequence.input.tap == nullptr) // which sees prompts whole
        prefixes.fill (sequence);
    sequence.report.cachedTokens = sequence.positive.length();
    const auto& positions = sequence.input.voicePositions;
    if (! positions.empty() && positions.back() < sequence.positive.length())
        sequence.input.sampleVoices = {};
    else if (sequence.input.sampleVoices)
        sequence.attempt (
            [&] { sequence.input.voiceFeatures = std::exchange (sequence.input.sampleVoices, {})(); });
}

void Preparation::computed (const std::vector<PromptPiece>& pieces)
{
    for (const auto& piece : pieces)
        if (piece.sequence->isPrepared())
            prefixes.keep (*piece.sequence);
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

/** Whether the first rows of its prompt are being computed for another sequence: it begins when it can take them over. */
bool Preparation::waitsForAnother (const Sequence& sequence, const Sequences& all,
                                   const std::vector<PromptPiece>& pieces) const
{
    if (sequence.positive.length() > 0 || sequence.input.tap != nullptr)
        return false;
    return std::ranges::any_of (all, [&] (const auto& other) {
        const bool hasBegun =
            other->positive.length() > 0 ||
            std::ranges::any_of (pieces, [&] (const auto& piece) { return piece.sequence == other.get(); });
        return hasBegun && ! other->isPrepared() && ! other->isParked && other->failure == nullptr &&
               prefixes.wouldGain (sequence, *other);
    });
}

std::vector<PromptPiece> Preparation::promptPieces (const Sequences& all, bool somebodySpeaks, double& roomMs)
{
    ++turns;
    std::vector<PromptPiece> pieces;
    for (auto* sequence : inTurn (all))
    {
        if (roomMs <= 0 || sequence->voiceToEncode() != nullptr)
            break; // its voices take the rest of the room
        if (waitsForAnother (*sequence, all, pieces))
            continue;
        begin (*sequence);
        if (sequence->failure != nullptr)
            continue;
        const auto left = sequence->promptRowsLeft();
        auto rows = rowsFitting (roomMs, sequence->positive.length(), left);
        if (offloads && ! somebodySpeaks)
            rows = mostRows; // their work hides behind the link
        const auto whole = wholeBlocks (*sequence, std::min (rows, mostRows));
        if (whole > rows && ! pieces.empty())
            break;
        pieces.push_back ({ sequence, sequence->input.tap == nullptr ? std::min (whole, left) : left });
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
        begin (*sequence);
        pieces.push_back ({ sequence, sequence->promptRowsLeft() });
    }
    return pieces;
}
} // namespace tableread::engine
