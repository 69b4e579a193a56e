// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "Offload/Profiler.h"
#include "Render/Frame/Sequence.h"
#include "Render/FramePart.h"

namespace tableread::engine
{
/** The next rows of a prompt. */
struct PromptPiece
{
    Sequence* sequence = nullptr;
    std::int64_t rows = 0;

    bool isLast() const { return rows == sequence->promptRowsLeft(); }
};

/** The arithmetic of a step, for all sequences that take part: FrameLoop decides what to do, this does it. */
class FrameCompute
{
public:
    virtual ~FrameCompute() = default;

    /** One pass of the language model, so one trip through its layers, over the next input of those that speak and over
        pieces of prompts, on both branches. Counts the rows in the caches; sets the scores and the conditions of the next
        frame of those that speak or whose prompt is complete. */
    virtual void pass (std::span<Sequence* const> speaking, std::span<const PromptPiece> prompts) = 0;

    /** Samples, decodes and encodes one frame of each sequence, passes it to the sequence's events, and makes it the
        next input. All take the same number of diffusion steps. */
    virtual void makeFrames (std::span<Sequence* const> sequences) = 0;

    /** A token other than a frame was taken: the next input is its embedding. */
    virtual void takeToken (Sequence& sequence, std::int64_t token) = 0;

    /** Resets the codec's contexts to silence. */
    virtual void endSpeech (Sequence& sequence) = 0;

    /** The sequence is finished or was removed. */
    virtual void leave (Sequence& sequence) = 0;

    /** Takes its state out of a GPU's memory, and back into it. */
    virtual void park (Sequence& sequence) = 0;
    virtual void resume (Sequence& sequence) = 0;
};

/** Adds its lifetime, divided among `owners`, to one part of their reports, and records it in the profile if there
    is one. `share`: how much of it belongs to this part. */
class PartTimer
{
public:
    PartTimer (Profiler* profiler, FramePart which, std::span<Sequence* const> of, double shareOfIt = 1)
        : noted (profiler, { .kind = ProfileSpan::Kind::Part, .part = numberOf (which) })
        , owners (of)
        , part (timeOf (which))
        , share (shareOfIt)
    {}

    ~PartTimer()
    {
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
        for (auto* owner : owners)
            owner->report.times.*part += share * spent.count() / (double) owners.size();
    }

private:
    static double PartTimes::*timeOf (FramePart part)
    {
        switch (part)
        {
            case FramePart::Prompt:
                return &PartTimes::prefill;
            case FramePart::LanguageModel:
                return &PartTimes::languageModel;
            case FramePart::DiffusionHead:
            case FramePart::Sound: // which has no field of its own in the report
                return &PartTimes::diffusionHead;
            case FramePart::Decoder:
                return &PartTimes::decoder;
            case FramePart::SemanticEncoder:
                return &PartTimes::semanticEncoder;
            case FramePart::None:
                break;
        }
        return &PartTimes::other;
    }

    ProfileScope noted;
    std::span<Sequence* const> owners;
    double PartTimes::*part;
    double share;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

/** The timers of one pass: its time is divided between those that speak and the prompts by their rows. The profile has it as
    one part. */
class PassTimers
{
public:
    PassTimers (Profiler* profiler, std::span<Sequence* const> speaking, std::span<const PromptPiece> prompts)
        : part (speaking.empty() ? FramePart::Prompt : FramePart::LanguageModel)
    {
        double rows = 0;
        for (const auto& piece : prompts)
        {
            prepared.push_back (piece.sequence);
            rows += (double) piece.rows;
        }
        const double share = rows / (rows + (double) speaking.size());
        if (! speaking.empty())
            speech.emplace (profiler, FramePart::LanguageModel, speaking, 1 - share);
        if (! prompts.empty())
            prompt.emplace (speaking.empty() ? profiler : nullptr, FramePart::Prompt, prepared, share);
    }

    const FramePart part;

private:
    std::vector<Sequence*> prepared;
    std::optional<PartTimer> speech, prompt;
};
} // namespace tableread::engine
