// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Speaker.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t mostVoices = 64; // that are kept encoded

Error errorOf (const std::exception_ptr& failure)
{
    try
    {
        std::rethrow_exception (failure);
    }
    catch (const Exception& exception)
    {
        return exception.error;
    }
    catch (const std::bad_alloc&)
    {
        return outOfMemory();
    }
    catch (const std::exception& exception)
    {
        return { ErrorCode::Internal, exception.what(), {} };
    }
}
} // namespace

LineSpeaker::~LineSpeaker()
{
    (void) cancel();
}

std::shared_ptr<EncodedVoice> LineSpeaker::encoded (const SpokenVoice& voice)
{
    if (voicesByHash.size() > mostVoices)
        voicesByHash.clear();
    auto& known = voicesByHash[voice.hash];
    if (known == nullptr)
        known = renderer.makeVoice (voice.audio);
    return known;
}

void LineSpeaker::start (std::shared_ptr<const FarmLine> line, TakeRequest request,
                         const SpokenVoices& voices)
{
    const auto& asked = line->wanted.request;
    auto& flight = *inFlight.emplace_back (std::make_unique<Flight> (
        Flight { .take = { .line = std::move (line), .request = std::move (request) } }));
    PassageJob job {
        .passage = { asked.lines, {} },
        .settings = { .seed = asked.seed, .guidanceScale = asked.guidanceScale, .steps = asked.steps },
        .isHeard = false
    };
    job.events.onFrame = [this, &take = flight.take] (std::span<const float> frame) {
        ++frames;
        take.samples.insert (take.samples.end(), frame.begin(), frame.end());
    };
    job.events.onEnd = [&flight] (const RenderReport& report, const std::exception_ptr& failure) {
        flight.id = 0;
        flight.take.finish = report.finish;
        flight.take.ms = report.totalMs;
        if (failure != nullptr)
            flight.take.error = errorOf (failure);
    };
    try
    {
        for (const auto& voice : asked.voices)
            job.passage.voices.push_back (encoded (voiceOf (voices, voice)));
        flight.id = renderer.start (std::move (job));
    }
    catch (...)
    {
        flight.take.error = errorOf (std::current_exception());
    }
}

std::vector<SpokenTake> LineSpeaker::step()
{
    if (std::any_of (inFlight.begin(), inFlight.end(), [] (const auto& flight) { return flight->id != 0; }))
    {
        const auto begin = Clock::now();
        frames = 0;
        renderer.step();
        seats.stepTook (frames, Milliseconds (Clock::now() - begin).count());
    }
    return collect();
}

std::vector<SpokenTake> LineSpeaker::cancel()
{
    for (const auto& flight : inFlight)
        if (flight->id != 0)
            renderer.cancel (flight->id);
    return collect();
}

std::vector<SpokenTake> LineSpeaker::collect()
{
    std::vector<SpokenTake> ended;
    for (const auto& flight : inFlight)
        if (flight->id == 0)
            ended.push_back (std::move (flight->take));
    std::erase_if (inFlight, [] (const auto& flight) { return flight->id == 0; });
    return ended;
}
} // namespace tableread::engine
