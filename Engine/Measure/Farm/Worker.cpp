// SPDX-License-Identifier: Apache-2.0
#include "Measure/Farm/Worker.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "Core/Error.h"
#include "Measure/Spread.h"
#include "Passage/Passage.h"
#include "Render/Measuring.h"
#include "Render/RenderAll.h"
#include "Render/Seats.h"

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;

constexpr std::int64_t measuredFrames = 24;
constexpr int measuredPrompts = 5;

double millisecondsFrom (Clock::time_point begin)
{
    return std::chrono::duration<double, std::milli> (Clock::now() - begin).count();
}

/** One worker's measurement. */
class WorkerRun
{
public:
    WorkerRun (Renderer& with, const MeasuredSpeech& spoken, const MeasureHooks& calls)
        : renderer (with)
        , speech (spoken)
        , hooks (calls)
    {}

    WorkerSpeed measure (int passages)
    {
        WorkerSpeed speed;
        voice = encodeVoice (renderer, speech.voice);
        speed.passages = throughputSeats (passages);
        const auto& info = renderer.info();
        speed.frameSeconds =
            static_cast<double> (info.frameSamples) / static_cast<double> (info.sampleRateHz);
        speed.framesASecondAlone = framesASecond (1);
        speed.framesASecond = framesASecond (speed.passages);
        measurePrompts (speed);
        return speed;
    }

private:
    void checkStop() const
    {
        if (hooks.isStopped())
            fail (ErrorCode::Cancelled, "the measurement was stopped before it was complete.");
    }

    /** Nobody hears it. A text of its own, as lines have it: only the voice is found among earlier prompts. */
    PassageId start (const std::string& text)
    {
        PassageJob job { .passage = { { { 0, std::to_string (++texts) + ' ' + text } }, { voice } },
                         .settings = speech.settings,
                         .exactFrames = settlingFrames + measuredFrames + 1 };
        job.settings.seed += static_cast<std::uint64_t> (texts);
        return renderer.start (std::move (job));
    }

    /** How many `batch` comes to. */
    int throughputSeats (int asked)
    {
        constexpr int tries = 3; // at a number: something else may have run beside a step
        ThroughputSeats seats (renderer.info(), asked);
        std::vector<PassageId> passages;
        for (int tried = 0; tried < tries; ++tried)
        {
            checkStop();
            while (std::cmp_less (passages.size(), seats.count()))
                passages.push_back (start (speech.text));
            renderer.measuring().prepareAll();
            const auto before = seats.count();
            const auto begin = Clock::now();
            renderer.step();
            seats.stepTook (before, millisecondsFrom (begin));
            if (seats.count() > before)
                tried = -1;
        }
        for (const auto passage : passages)
            renderer.cancel (passage);
        return seats.count();
    }

    double framesASecond (int count)
    {
        std::vector<PassageId> passages;
        passages.reserve (static_cast<std::size_t> (count));
        for (int i = 0; i < count; ++i)
            passages.push_back (start (speech.text));
        renderer.measuring().prepareAll();
        auto begin = Clock::now();
        for (std::int64_t frame = 0; frame < settlingFrames + measuredFrames; ++frame)
        {
            if (frame == settlingFrames)
                begin = Clock::now();
            checkStop();
            renderer.step();
        }
        const double ms = std::max (millisecondsFrom (begin), 1e-3);
        for (const auto passage : passages)
            renderer.cancel (passage);
        return 1000.0 * static_cast<double> (measuredFrames * count) / ms;
    }

    double promptMs (const std::string& text)
    {
        std::vector<double> times;
        for (int i = 0; i < measuredPrompts; ++i)
        {
            checkStop();
            const auto passage = start (text);
            const auto begin = Clock::now();
            renderer.measuring().prepareAll();
            times.push_back (millisecondsFrom (begin));
            renderer.cancel (passage);
        }
        return spreadOf (times).median;
    }

    void measurePrompts (WorkerSpeed& speed)
    {
        const double without = promptMs ({}), with = promptMs (speech.text);
        speed.promptMsALine = without;
        speed.promptMsALetter = std::max (0.0, with - without) /
                                static_cast<double> (std::max<std::size_t> (1, lettersIn (speech.text)));
    }

    Renderer& renderer;
    const MeasuredSpeech& speech;
    const MeasureHooks& hooks;
    std::shared_ptr<EncodedVoice> voice;
    int texts = 0;
};
} // namespace

WorkerSpeed measureWorker (Renderer& renderer, const MeasuredSpeech& speech, int passages,
                           const MeasureHooks& hooks)
{
    return WorkerRun (renderer, speech, hooks).measure (passages);
}

nlohmann::json toJson (const WorkerSpeed& speed)
{
    return { { "passages", speed.passages },
             { "frames_a_second", speed.framesASecond },
             { "frames_a_second_alone", speed.framesASecondAlone },
             { "frame_seconds", speed.frameSeconds },
             { "prompt_ms_a_line", speed.promptMsALine },
             { "prompt_ms_a_letter", speed.promptMsALetter },
             { "length_factor", speed.lengthFactor } };
}
} // namespace tableread::engine
