// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "Offload/Profiler.h"
#include "Render/Frame/Sequence.h"
#include "Render/FramePart.h"

namespace tableread::engine
{
/** The arithmetic of a step, for all sequences that take part: FrameLoop decides what to do, this does it. */
class FrameCompute
{
public:
    virtual ~FrameCompute() = default;

    /** One pass of the language model over each sequence's next input, on both branches: the prompt at first, then one
        row. Sets the scores and the conditions of the next frame, and counts the rows in the caches. */
    virtual void pass (std::span<Sequence* const> sequences) = 0;

    /** Samples, decodes and encodes one frame of each sequence, passes it to the sequence's events, and makes it the
        next input. All take the same number of diffusion steps. */
    virtual void makeFrames (std::span<Sequence* const> sequences) = 0;

    /** A token other than a frame was taken: the next input is its embedding. */
    virtual void takeToken (Sequence& sequence, std::int64_t token) = 0;

    /** Resets the codec's contexts to silence. */
    virtual void endSpeech (Sequence& sequence) = 0;

    /** The sequence is finished or was removed. */
    virtual void leave (Sequence& sequence) = 0;
};

/** Adds its lifetime, divided among `owners`, to one part of their reports, and records it in the profile if there
    is one. */
class PartTimer
{
public:
    PartTimer (Profiler* profiler, FramePart which, std::span<Sequence* const> of)
        : noted (profiler, { .kind = ProfileSpan::Kind::Part, .part = numberOf (which) })
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
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};
} // namespace tableread::engine
