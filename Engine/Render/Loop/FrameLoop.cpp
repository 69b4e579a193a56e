// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/FrameLoop.h"

#include <map>
#include <vector>

#include "Render/Frame/EagerCompute.h"
#include "Render/Frame/GraphCompute.h"

namespace tableread::engine
{
FrameLoop::FrameLoop (VibeVoice& model, SpecialTokens tokens, LaunchMode mode)
    : weights (model)
    , special (tokens)
    , network (model, tokens)
{
    if (mode == LaunchMode::Graphs && model.device().is_cuda())
        compute = std::make_unique<GraphCompute> (network);
    else
        compute = std::make_unique<EagerCompute> (network);
}

FrameLoop::~FrameLoop() = default;

std::shared_ptr<Sequence> FrameLoop::join (SequenceInput input)
{
    auto sequence = std::make_shared<Sequence> (weights, std::move (input));
    Sequence* const only[] { sequence.get() };
    compute->pass (only);
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
    compute->leave (sequence);
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
        compute->makeFrames (sequences);
    for (const auto& sequence : active)
        running.push_back (sequence.get());
    if (! running.empty())
        compute->pass (running);
    return ! active.empty();
}

void FrameLoop::chooseToken (Sequence& sequence)
{
    auto& report = sequence.report;
    const auto count = report.tokens.size();
    if (sequence.input.events.isCancelled && sequence.input.events.isCancelled())
        return finish (sequence, FinishReason::Cancelled);
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
