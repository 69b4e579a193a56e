// SPDX-License-Identifier: Apache-2.0
#include "Measure/Arrivals.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Core/ContentHash.h"
#include "Core/Error.h"
#include "Render/Measuring.h"
#include "Render/RenderAll.h"
#include "Render/Seats.h"

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;

double msSince (Clock::time_point begin)
{
    return std::chrono::duration<double, std::milli> (Clock::now() - begin).count();
}

/** The value that a share of all does not exceed; 0 if there are none. */
double quantile (std::span<const double> sorted, double share)
{
    if (sorted.empty())
        return 0;
    const auto rank = std::ceil (share * static_cast<double> (sorted.size()));
    return sorted[static_cast<std::size_t> (std::max (1.0, rank)) - 1];
}

/** One passage of the run. */
struct Arrival
{
    double atMs = 0;
    std::int64_t frames = 0;
    std::uint64_t seed = 0;
    std::vector<float> samples {};
    std::string hash {};
    double firstMs = 0, lastMs = 0; // when frames came
};

class Run
{
public:
    Run (const ArrivalsRequest& wanted, const MeasureHooks& with) : request (wanted), hooks (with) {}

    ArrivalsReport measure()
    {
        const auto begin = Clock::now();
        renderer = hooks.load (request.load);
        report.loadMs = msSince (begin);
        report.model = renderer->info();
        const int most = std::min (request.seats > 0 ? request.seats : 16, report.model.mostPassages);
        report.seats = request.seats > 0 ? most : measureSeats (*renderer, most);
        voice = encodeVoice (*renderer, request.speech.voice);
        warmUp (*renderer, report.seats);
        plan();
        measureSteps();
        measurePrompt();
        speakAll();
        compareWithAlone();
        return report;
    }

private:
    void checkStop() const
    {
        if (hooks.isStopped())
            fail (ErrorCode::Cancelled, "the measurement was stopped before it was complete.");
    }

    void plan()
    {
        std::mt19937_64 random (request.speech.settings.seed);
        std::uniform_int_distribution<std::int64_t> lengths (request.leastFrames, request.mostFrames);
        std::exponential_distribution<double> untilNext (std::max (request.perSecond, 1e-9));
        double at = 0;
        for (int i = 0; i < request.passages; ++i)
        {
            if (request.perSecond > 0)
                at += 1000.0 * untilNext (random);
            arrivals.push_back ({ .atMs = at,
                                  .frames = lengths (random),
                                  .seed = request.speech.settings.seed + static_cast<std::uint64_t> (i) });
        }
    }

    /** The text begins with the seed: another passage has another prompt behind the voice. */
    PassageJob job (std::int64_t frames, std::uint64_t seed) const
    {
        PassageJob made { .passage = { { { 0, fmt::format ("{}: {}", seed, request.speech.text) } },
                                       { voice } },
                          .settings = request.speech.settings,
                          .exactFrames = frames };
        made.settings.seed = seed;
        return made;
    }

    void measureSteps()
    {
        constexpr int settling = 4, measured = 9;
        std::vector<PassageId> passages;
        report.stepMs.push_back (0);
        for (int count = 1; count <= report.seats; ++count)
        {
            checkStop();
            const auto frames = static_cast<std::int64_t> (report.seats + 1) * (settling + measured);
            passages.push_back (renderer->start (job (frames, 0)));
            renderer->measuring().prepareAll();
            std::vector<double> times;
            for (int i = 0; i < settling + measured; ++i)
            {
                const auto begin = Clock::now();
                renderer->step();
                if (i >= settling)
                    times.push_back (msSince (begin));
            }
            report.stepMs.push_back (spreadOf (times).median);
        }
        for (const auto passage : passages)
            renderer->cancel (passage);
    }

    void measurePrompt()
    {
        const auto unused = arrivals.back().seed + 1;
        std::vector<double> times;
        for (int i = 0; i < 5; ++i)
        {
            const auto passage = renderer->start (job (1, unused + static_cast<std::uint64_t> (i)));
            const auto begin = Clock::now();
            renderer->measuring().prepareAll();
            times.push_back (msSince (begin));
            renderer->cancel (passage);
        }
        report.prefillMs = spreadOf (times).median * static_cast<double> (request.passages);
    }

    std::size_t startArrived (double nowMs, std::size_t next)
    {
        while (next < arrivals.size() && arrivals[next].atMs <= nowMs &&
               std::cmp_less (renderer->inFlight().size(), report.seats))
        {
            auto& arrival = arrivals[next++];
            auto made = job (arrival.frames, arrival.seed);
            made.events.onFrame = [this, &arrival] (std::span<const float> frame) { heard (arrival, frame); };
            made.events.onEnd = [&arrival] (const RenderReport&, const std::exception_ptr& failure) {
                if (failure != nullptr)
                    std::rethrow_exception (failure);
                arrival.hash = contentHash (arrival.samples);
            };
            renderer->start (std::move (made));
        }
        return next;
    }

    void heard (Arrival& arrival, std::span<const float> frame)
    {
        const double now = msSince (begun);
        if (arrival.samples.empty())
            arrival.firstMs = now;
        else
            gaps.push_back (now - arrival.lastMs);
        arrival.lastMs = now;
        arrival.samples.insert (arrival.samples.end(), frame.begin(), frame.end());
        ++report.frames;
    }

    void speakAll()
    {
        report.stepCount.assign (static_cast<std::size_t> (report.seats) + 1, 0);
        begun = Clock::now();
        for (std::size_t next = 0; next < arrivals.size() || ! renderer->inFlight().empty();)
        {
            checkStop();
            next = startArrived (msSince (begun), next);
            const auto states = renderer->inFlight();
            if (states.empty())
            {
                const double idleFrom = msSince (begun);
                std::this_thread::sleep_for (
                    std::chrono::duration<double, std::milli> (arrivals[next].atMs - idleFrom));
                report.idleMs += msSince (begun) - idleFrom;
                continue;
            }
            const auto speaking =
                std::ranges::count (states, PassageState::Phase::Speaking, &PassageState::phase);
            ++report.stepCount[static_cast<std::size_t> (speaking)];
            renderer->step();
        }
        report.wallMs = msSince (begun);
        sumUp();
    }

    void sumUp()
    {
        report.passages = static_cast<std::int64_t> (arrivals.size());
        for (std::size_t count = 0; count < report.stepCount.size(); ++count)
            report.stepsMs += static_cast<double> (report.stepCount[count]) * report.stepMs[count];
        const auto& info = renderer->info();
        report.audioSecondsASecond = 1000.0 * static_cast<double> (report.frames * info.frameSamples) /
                                     static_cast<double> (info.sampleRateHz) / report.wallMs;
        std::vector<double> first;
        first.reserve (arrivals.size());
        for (const auto& arrival : arrivals)
            first.push_back (arrival.firstMs - arrival.atMs);
        std::ranges::sort (first);
        std::ranges::sort (gaps);
        report.firstAudioP50 = quantile (first, 0.5);
        report.firstAudioP95 = quantile (first, 0.95);
        report.firstAudioMost = quantile (first, 1);
        report.frameP99 = quantile (gaps, 0.99);
    }

    void compareWithAlone()
    {
        report.identical = true;
        for (const auto& arrival : arrivals)
        {
            checkStop();
            std::vector<float> alone;
            auto made = job (arrival.frames, arrival.seed);
            made.events.onFrame = [&alone] (std::span<const float> frame) {
                alone.insert (alone.end(), frame.begin(), frame.end());
            };
            render (*renderer, std::move (made));
            report.identical = report.identical && contentHash (alone) == arrival.hash;
        }
    }

    const ArrivalsRequest& request;
    const MeasureHooks& hooks;
    std::unique_ptr<Renderer> renderer;
    std::shared_ptr<EncodedVoice> voice;
    std::vector<Arrival> arrivals;
    std::vector<double> gaps;
    Clock::time_point begun;
    ArrivalsReport report;
};
} // namespace

ArrivalsReport measureArrivals (const ArrivalsRequest& request, const MeasureHooks& hooks)
{
    return Run (request, hooks).measure();
}

nlohmann::json toJson (const ArrivalsReport& report)
{
    return { { "model", report.model.name },
             { "device", report.model.device },
             { "fingerprint", report.model.fingerprint },
             { "seats", report.seats },
             { "passages", report.passages },
             { "frames", report.frames },
             { "load_ms", report.loadMs },
             { "wall_ms", report.wallMs },
             { "idle_ms", report.idleMs },
             { "steps_ms", report.stepsMs },
             { "prefill_ms", report.prefillMs },
             { "overhead", report.overhead() },
             { "audio_seconds_a_second", report.audioSecondsASecond },
             { "identical", report.identical },
             { "step_ms", report.stepMs },
             { "step_count", report.stepCount },
             { "first_audio_ms",
               { { "p50", report.firstAudioP50 },
                 { "p95", report.firstAudioP95 },
                 { "most", report.firstAudioMost } } },
             { "frame_ms_p99", report.frameP99 } };
}

std::string describe (const ArrivalsReport& report)
{
    return fmt::format ("{} passages, {} frames, {} at once on {}: {:.1f} s of audio a second\n"
                        "wall {:.0f} ms = {:.3f} x (steps alone {:.0f} + prompts alone {:.0f}), idle {:.0f}\n"
                        "first audio {:.1f} ms, p95 {:.1f}, most {:.1f}; between two frames p99 {:.1f} ms\n"
                        "samples as alone: {}\n",
                        report.passages, report.frames, report.seats, report.model.device,
                        report.audioSecondsASecond, report.wallMs, report.overhead(), report.stepsMs,
                        report.prefillMs, report.idleMs, report.firstAudioP50, report.firstAudioP95,
                        report.firstAudioMost, report.frameP99, report.identical ? "yes" : "NO");
}
} // namespace tableread::engine
