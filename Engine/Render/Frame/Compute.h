// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "Network/Sampler/Sampler.h"
#include "Render/Frame/Sequence.h"

namespace tableread::engine
{
/** The arithmetic of a step, for all sequences that take part: FrameLoop decides what, this does it. */
class FrameCompute
{
public:
    virtual ~FrameCompute() = default;

    /** One pass of the language model over each sequence's next input, on both branches: the prompt at first, then one
        row. Sets the scores and what the next frame is conditioned by, and counts the rows in the caches. */
    virtual void pass (std::span<Sequence* const> sequences) = 0;

    /** Samples, decodes and hears one frame of each sequence, hands it to the sequence's events, and makes it the next
        input. All take the same number of diffusion steps. */
    virtual void makeFrames (std::span<Sequence* const> sequences) = 0;

    /** A token other than a frame was taken: the next input is its embedding. */
    virtual void takeToken (Sequence& sequence, std::int64_t token) = 0;

    /** The codec's contexts become silence. */
    virtual void endSpeech (Sequence& sequence) = 0;

    /** The sequence is finished or was taken out. */
    virtual void leave (Sequence& sequence) = 0;
};

/** START, END, frame and end of text: the order of Sequence::scores. */
std::array<std::int64_t, 4> tokensInOrder (const SpecialTokens& special);

/** Adds the time from its making to its end, shared among `owners`, to one part of their reports, and notes it in a
    profile if there is one. */
class PartTimer
{
public:
    PartTimer (Profiler* profiler, FramePart which, std::span<Sequence* const> of)
        : noted (profiler, { .kind = ProfileSpan::Kind::Part, .part = which })
        , owners (of)
        , part (timeOf (which))
    {}

    ~PartTimer()
    {
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
        for (auto* owner : owners)
            owner->report.times.*part += spent.count() / (double) owners.size();
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
            case FramePart::Sound: // for which the report has no place of its own
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
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};
} // namespace tableread::engine
