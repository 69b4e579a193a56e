// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/Performance.h"

#include <algorithm>
#include <utility>

namespace tableread::plugin
{
namespace
{
std::vector<std::filesystem::file_time_type> voiceTimes (const protocol::SpeechRequest& request)
{
    std::vector<std::filesystem::file_time_type> times;
    for (const auto& voice : request.voices)
    {
        std::error_code missing; // a missing file gives a time too, and the engine reports it
        times.push_back (voice.path.empty() ? std::filesystem::file_time_type {}
                                            : std::filesystem::last_write_time (voice.path, missing));
    }
    return times;
}
} // namespace

Performance::Performance (RenderLink::Options options) : link (std::move (options), *this)
{}

Performance::~Performance() = default;

void Performance::setHostRate (double hertz)
{
    const std::lock_guard lock (mutex);
    if (hertz == hostRateHz || ! HostAudio::isPossible (hertz))
        return;
    hostRateHz = hertz;
    for (auto& entry : entries)
        entry.audio = hosted (entry.take);
    publish();
}

void Performance::render (PerformanceJob job)
{
    link.cancelAll();
    const std::lock_guard lock (mutex);
    std::vector<Entry> fresh;
    fresh.reserve (job.passages.size());
    reusedSamples = 0;
    for (auto& passage : job.passages)
    {
        auto& entry = fresh.emplace_back (Entry { std::move (passage), {}, nullptr, nullptr });
        entry.voiceTimes = voiceTimes (entry.job.request);
        entry.take = findTake (entry);
        if (entry.take != nullptr)
            reusedSamples += entry.take->audio().rendered();
        else
            entry.take = std::make_shared<Take>();
        entry.audio = hosted (entry.take);
    }
    entries = std::move (fresh);
    gapAfter = job.gapAfter;
    begun = lastChange = Clock::now();
    publish();
    for (const auto& entry : entries)
        if (! entry.take->isFinal())
            link.submit (entry.take, entry.job.request);
}

void Performance::cancel()
{
    link.cancelAll();
}

Performance::View Performance::view()
{
    View result;
    result.link = link.status();
    const std::lock_guard lock (mutex);
    exchange.collect();
    ModelSamples position;
    bool placed = true;
    std::int64_t samples = -reusedSamples;
    for (const auto& entry : entries)
    {
        position += entry.job.gapBefore;
        std::size_t characters = 0;
        for (const auto& line : entry.job.request.lines)
            characters += line.text.size();
        result.passages.push_back (
            { entry.take, position, placed, entry.job.speaker, entry.job.sourceLine, characters });
        samples += entry.take->audio().rendered();
        position += { entry.take->audio().rendered() };
        placed = placed && entry.take->isFinal();
    }
    result.end = position + gapAfter;
    result.isRendering = isRendering();
    const auto until = result.isRendering ? Clock::now() : lastChange;
    result.renderedSeconds = (double) samples / (double) modelSampleRateHz;
    result.elapsedSeconds = std::chrono::duration<double> (until - begun).count();
    return result;
}

void Performance::waitUntilDone()
{
    std::unique_lock lock (mutex);
    changed.wait (lock, [this] { return isPlanned; });
}

const PlaybackPlan& Performance::waitFor (HostSamples position, std::size_t count)
{
    std::unique_lock lock (mutex);
    changed.wait (lock, [&] { return exchange.current().missing (position, count) == 0; });
    return exchange.current();
}

void Performance::takeChanged (const Take& take)
{
    const std::lock_guard lock (mutex);
    const auto entry = std::find_if (entries.begin(), entries.end(),
                                     [&] (const Entry& each) { return each.take.get() == &take; });
    if (entry == entries.end())
        return; // the take belongs to a script that was replaced
    entry->audio->pump();
    lastChange = Clock::now();
    if (take.isFinal())
        publish();
    changed.notify_all();
}

std::shared_ptr<Take> Performance::findTake (const Entry& wanted) const
{
    for (const auto& entry : entries)
        if (entry.take->state() == TakeState::Done && entry.job.request == wanted.job.request &&
            entry.voiceTimes == wanted.voiceTimes)
            return entry.take;
    return nullptr;
}

std::shared_ptr<HostAudio> Performance::hosted (const std::shared_ptr<Take>& take) const
{
    auto audio = HostAudio::create (take, hostRateHz);
    if (! audio)
        audio =
            HostAudio::create (take, (double) modelSampleRateHz); // no memory for a resampler: play it anyway
    (*audio)->pump();
    return *audio;
}

bool Performance::isRendering() const
{
    return std::any_of (entries.begin(), entries.end(),
                        [] (const Entry& entry) { return ! entry.take->isFinal(); });
}

void Performance::publish()
{
    std::vector<TimelineEntry> timeline;
    for (const auto& entry : entries)
        timeline.push_back ({ entry.audio, entry.job.gapBefore });
    auto plan = buildPlan (timeline, hostRateHz);
    isPlanned = plan.isComplete();
    exchange.publish (std::move (plan));
    changed.notify_all();
}
} // namespace tableread::plugin
