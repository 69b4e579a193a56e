// SPDX-License-Identifier: Apache-2.0
#include "Measure/Farm/Worker.h"

#include <algorithm>
#include <chrono>
#include <string>
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
        const auto begin = Clock::now();
        WorkerSpeed speed;
        speed.passages =
            passages > 0 ? std::min (passages, renderer.info().mostPassages) : measureSeats (renderer);
        speed.startMs = millisecondsFrom (begin);
        const auto& info = renderer.info();
        speed.frameSeconds =
            static_cast<double> (info.frameSamples) / static_cast<double> (info.sampleRateHz);
        voice = encodeVoice (renderer, speech.voice);
        measureFrames (speed);
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

    void measureFrames (WorkerSpeed& speed)
    {
        std::vector<PassageId> passages;
        passages.reserve (static_cast<std::size_t> (speed.passages));
        for (int i = 0; i < speed.passages; ++i)
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
        speed.framesASecond = 1000.0 * static_cast<double> (measuredFrames * speed.passages) /
                              std::max (millisecondsFrom (begin), 1e-3);
        for (const auto passage : passages)
            renderer.cancel (passage);
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
             { "frame_seconds", speed.frameSeconds },
             { "prompt_ms_a_line", speed.promptMsALine },
             { "prompt_ms_a_letter", speed.promptMsALetter },
             { "length_factor", speed.lengthFactor },
             { "start_ms", speed.startMs } };
}
} // namespace tableread::engine
