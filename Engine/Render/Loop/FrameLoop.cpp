// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/FrameLoop.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "Render/Frame/EagerCompute.h"
#include "Render/Frame/GraphCompute.h"

namespace tableread::engine
{
namespace
{
double millisecondsNow()
{
    return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now().time_since_epoch())
        .count();
}
} // namespace

FrameLoop::FrameLoop (VibeVoice& model, SpecialTokens tokens, LaunchMode mode)
    : special (tokens)
    , network (model, tokens)
    , pacing (millisecondsNow, (double) model.config().frameSamples / 24.0)
    , preparation (model)
{
    if (mode == LaunchMode::Graphs && model.device().is_cuda())
        compute = std::make_unique<GraphCompute> (network);
    else
        compute = std::make_unique<EagerCompute> (network);
}

FrameLoop::~FrameLoop() = default;

std::shared_ptr<Sequence> FrameLoop::join (SequenceInput input)
{
    auto sequence = std::make_shared<Sequence> (network.model, std::move (input));
    sequence->id = ++lastId;
    active.push_back (sequence);
    return sequence;
}

void FrameLoop::leave (const std::shared_ptr<Sequence>& sequence)
{
    if (! sequence->finished)
        finish (*sequence, FinishReason::Cancelled);
    active.remove (sequence);
}

void FrameLoop::failAll (const std::exception_ptr& failure)
{
    for (const auto& sequence : active)
    {
        if (sequence->failure == nullptr)
            sequence->failure = failure;
        if (! sequence->finished)
            finish (*sequence, FinishReason::Cancelled);
    }
    active.clear();
}

void FrameLoop::park (Sequence& sequence)
{
    if (std::exchange (sequence.isParked, true))
        return;
    pacing.ended (sequence.id);
    compute->park (sequence);
}

void FrameLoop::resume (Sequence& sequence)
{
    if (std::exchange (sequence.isParked, false))
        compute->resume (sequence);
}

void FrameLoop::finish (Sequence& sequence, FinishReason reason)
{
    pacing.ended (sequence.id);
    compute->leave (sequence);
    sequence.finished = true;
    sequence.report.finish = reason;
    sequence.report.totalMs = sequence.millisecondsSinceBegun();
    try
    {
        if (sequence.input.events.onEnd)
            sequence.input.events.onEnd (sequence.report, sequence.failure);
    }
    catch (...) // NOLINT(bugprone-empty-catch): it has ended, whatever its listener thinks of it
    {}
}

void FrameLoop::removeFinished()
{
    for (const auto& sequence : active)
        if (sequence->failure != nullptr && ! sequence->finished)
            finish (*sequence, FinishReason::Cancelled);
    active.remove_if ([] (const auto& sequence) { return sequence->finished; });
}

std::vector<Sequence*> FrameLoop::speaking() const
{
    std::vector<Sequence*> found;
    for (const auto& sequence : active)
        if (sequence->speaks())
            found.push_back (sequence.get());
    return found;
}

bool FrameLoop::step (const std::function<void()>& whenFrameMade)
{
    const double begin = pacing.now();
    for (auto* sequence : speaking())
        chooseToken (*sequence);
    removeFinished();
    makeFrames();
    removeFinished(); // those whose listener failed
    if (whenFrameMade)
        whenFrameMade();
    const auto speakers = speaking();
    const bool isForListeners =
        std::ranges::any_of (active, [] (const auto& sequence) { return sequence->input.isHeard; });
    double room = pacing.room (speakers.size(), isForListeners);
    const auto prompts = preparation.promptPieces (active, ! speakers.empty(), room);
    const auto alone = pacing.alone (speakers.size());
    const double units = preparation.units (prompts);
    double promptMs = prompts.empty() ? 0.0 : preparation.expectedMs (units);
    if (! speakers.empty() || ! prompts.empty())
    {
        compute->pass (speakers, prompts);
        preparation.computed (prompts);
    }
    const double spent = pacing.now() - begin;
    if (alone.isFresh && ! prompts.empty())
        preparation.promptTook (units, promptMs = std::max (0.0, spent - alone.ms));
    const double voicesMs = preparation.encodeVoices (active, room, pacing);
    pacing.stepTook (speakers.size(), spent + voicesMs, promptMs + voicesMs);
    removeFinished(); // those whose voice failed
    return std::ranges::any_of (active, [] (const auto& sequence) { return ! sequence->isParked; });
}

void FrameLoop::makeFrames()
{
    std::map<int, std::vector<Sequence*>> frames; // by number of diffusion steps
    for (auto* sequence : speaking())
        if (sequence->wantsFrame (special))
            frames[sequence->input.settings.steps].push_back (sequence);
    for (const auto& [steps, sequences] : frames)
    {
        compute->makeFrames (sequences);
        for (const auto* sequence : sequences)
            if (sequence->input.isHeard)
                pacing.frameMade (sequence->id);
    }
}

void FrameLoop::prepareAll()
{
    for (const auto& piece : preparation.everything (active))
    {
        compute->pass ({}, { &piece, 1 });
        preparation.computed ({ piece });
    }
}

void FrameLoop::chooseToken (Sequence& sequence)
{
    auto& report = sequence.report;
    const auto count = report.tokens.size();
    if (report.frames >= sequence.frameLimit)
        return finish (sequence, FinishReason::MaxSeconds);
    if ((std::int64_t) count >= sequence.tokenLimit)
        return finish (sequence, FinishReason::Length);

    const auto tokens = tokensInOrder (special);
    std::int64_t token = 0;
    const auto exactFrames = sequence.input.exactFrames;
    if (exactFrames > 0)
        token = report.frames < exactFrames ? special.speechFrame : special.endOfText;
    else if (sequence.input.forcedTokens.empty())
    {
        const auto& score = sequence.scores;
        std::size_t best = 0;
        for (std::size_t i = 1; i < tokens.size();
             ++i) // the lowest id of equal scores, as argmax over the vocabulary
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
        compute->endSpeech (sequence);
    if (sequence.guided())
        sequence.negative.truncate (token == special.speechStart ? 0 : sequence.negative.length() - 1);
    compute->takeToken (sequence, token);
}
} // namespace tableread::engine
