// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "EngineLink/RenderLink.h"
#include "Timeline/PlanExchange.h"
#include "Timeline/Timeline.h"

namespace tableread::plugin
{
/** One passage to be spoken: the request for it, and the silence before it. */
struct PassageJob
{
    protocol::SpeechRequest request;
    ModelSamples gapBefore;
    int speaker = 0;    // who speaks first, numbered in the whole script; for the editor's colours
    int sourceLine = 0; // in the script's text, for messages
};

/** A whole script to be spoken. */
struct PerformanceJob
{
    std::vector<PassageJob> passages;
    ModelSamples gapAfter; // the silence after the last passage
};

/** The takes of a script's passages on the timeline: rendered by the engine, resampled to the host's rate as they
    grow, and played by the audio thread. No JUCE, no window.

    A passage whose request was rendered before keeps its take when the script is rendered again.
    Threads   plan(), waitFor(): the audio thread. The rest: the message thread, or any one at a time.
*/
class Performance : private RenderLink::Listener
{
public:
    explicit Performance (RenderLink::Options options);
    ~Performance() override;

    /** The host's rate changes: all takes are resampled again. Not while audio runs. */
    void setHostRate (double hertz);

    /** Places the passages from time 0 and has the missing ones rendered. Cancels what is running. */
    void render (PerformanceJob job);

    void cancel();

    /** See RenderLink. */
    void setProgram (std::filesystem::path setting) { link.setProgram (std::move (setting)); }

    void tryAgain (bool withEmbeddedModel) { link.tryAgain (withEmbeddedModel); }

    /** The voices of the engine that answered last, if one has. */
    std::optional<std::vector<std::string>> ownVoices() const { return link.status().voices; }

    /** One passage as the editor shows it. */
    struct PassageView
    {
        std::shared_ptr<const Take> take;
        ModelSamples start;
        bool isPlaced = false; // `start` will not change
        int speaker = 0;
        int sourceLine = 0;
        std::size_t characters = 0; // of its text, to estimate its length
        ModelSamples length = {};   // known or estimated
    };

    struct View
    {
        std::vector<PassageView> passages;
        LinkStatus link;
        ModelSamples end;         // of the last passage as it is known or estimated, and the silence after it
        bool isRendering = false; // some take has not ended
        double renderedSeconds = 0.0; // since render(): of speech …
        double elapsedSeconds = 0.0;  // … and of time
    };

    View view();

    /** Waits until nothing is being rendered and the plan has all of it. */
    void waitUntilDone();

    /** The newest plan; valid until the next call. [audio thread] */
    const PlaybackPlan& plan() noexcept { return exchange.current(); }

    /** The newest plan, after waiting for whatever the `count` samples from `position` still need. The wait ends: the link
        gives up on an engine that delivers nothing. Takes a lock, so only for an audio thread that renders offline; needs
        no other thread of the host. */
    const PlaybackPlan& waitFor (HostSamples position, std::size_t count);

private:
    using Clock = std::chrono::steady_clock;

    struct Entry
    {
        PassageJob job;
        std::vector<std::filesystem::file_time_type> voiceTimes; // of the files, when the take was requested
        std::shared_ptr<Take> take;
        std::shared_ptr<HostAudio> audio;
    };

    void takeChanged (const Take& take) override;
    std::shared_ptr<Take> findTake (const Entry& wanted) const;
    std::shared_ptr<HostAudio> hosted (const std::shared_ptr<Take>& take) const;
    bool isRendering() const;
    Timeline timeline() const;
    void publish();    // with the lock held
    void askForMore(); // with the lock held
    void forgetUnasked();

    std::mutex mutex; // guards everything below except the exchange's audio side
    std::condition_variable changed;
    std::vector<Entry> entries;
    std::deque<std::size_t> unasked; // entries that the link had no room for yet
    bool isPlanned = true;           // the newest plan has all of them, to their ends
    ModelSamples gapAfter;
    std::vector<Place> places; // of the entries in the newest plan
    double hostRateHz = (double) modelSampleRateHz;
    Clock::time_point begun;
    Clock::time_point lastChange;
    std::int64_t reusedSamples = 0;
    PlanExchange exchange;

    RenderLink link; // last: its thread ends before what it calls is destroyed
};
} // namespace tableread::plugin
