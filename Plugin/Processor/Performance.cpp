// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/Performance.h"

#include <algorithm>
#include <utility>

#include "Editor/StatusText.h"

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

std::size_t charactersOf (const protocol::SpeechRequest& request)
{
    std::size_t count = 0;
    for (const auto& line : request.lines)
        count += line.text.size();
    return count;
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
    forgetUnasked();
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
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (! entries[i].take->isFinal())
            unasked.push_back (i);
    askForMore();
}

void Performance::cancel()
{
    forgetUnasked();
    link.cancelAll();
}

/** Ends what the link does not know yet. */
void Performance::forgetUnasked()
{
    const std::lock_guard lock (mutex);
    for (const auto index : std::exchange (unasked, {}))
    {
        entries[index].take->cancel();
        entries[index].audio->pump();
    }
    publish();
}

void Performance::askForMore()
{
    while (! unasked.empty())
    {
        const auto& entry = entries[unasked.front()];
        if (! link.submit (entry.take, entry.job.request))
            return; // when a take has ended there is room again
        unasked.pop_front();
    }
}

Performance::View Performance::view()
{
    View result;
    result.link = link.status();
    const std::lock_guard lock (mutex);
    exchange.collect();
    const auto now = timeline();
    const auto placed = placesOf (now);
    std::int64_t samples = -reusedSamples;
    for (std::size_t i = 0; i < entries.size(); ++i)
    {
        const auto& entry = entries[i];
        result.passages.push_back ({ entry.take, placed[i].start, placed[i].isSettled(), entry.job.speaker,
                                     entry.job.sourceLine, charactersOf (entry.job.request),
                                     placed[i].length });
        samples += entry.take->audio().rendered();
    }
    result.end = endOf (now, placed);
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
    changed.wait (lock, [&] { return ! exchange.current().waiting (position, count); });
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
    const auto& place = places[(std::size_t) (entry - entries.begin())];
    if (take.isFinal())
        askForMore();
    if (take.isFinal() || take.audio().rendered() > place.length.value)
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

Timeline Performance::timeline() const
{
    Timeline now;
    now.items.reserve (entries.size());
    for (const auto& entry : entries)
        now.items.push_back ({ .line = now.items.size() + 1,
                               .audio = entry.audio,
                               .estimate = { estimatedSamples (charactersOf (entry.job.request)) },
                               .pauseBefore = entry.job.gapBefore });
    now.silenceAfter = gapAfter;
    return now;
}

void Performance::publish()
{
    auto made = arrange (timeline(), { .hostRateHz = hostRateHz });
    places = std::move (made.places);
    isPlanned = made.plan.isComplete();
    exchange.publish (std::move (made.plan));
    changed.notify_all();
}
} // namespace tableread::plugin
