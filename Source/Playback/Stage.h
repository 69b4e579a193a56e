// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "EngineLink/RenderLink.h"
#include "Playback/HostPace.h"
#include "Playback/Keeper.h"
#include "Playback/Patience.h"
#include "Playback/Played.h"
#include "Playback/Repertoire.h"
#include "Timeline/HoleLog.h"
#include "Timeline/PlanExchange.h"
#include "Timeline/PlanReader.h"

namespace tableread::playback
{
/** When a block waits for speech that is not there. */
enum class WaitMode
{
    Auto, // the host says that it renders offline, or asks for blocks faster than they can be heard
    Always,
    Never
};

/** What the host asks for. */
struct Block
{
    HostSamples position;
    std::size_t count = 0;
    bool isPlaying = false;
    bool isOffline = false; // as the host says
};

/** A part as it is shown. */
struct PartView
{
    std::uint64_t line = 0;
    PartState state = PartState::Missing;
    std::string reason;               // why it is Failed
    std::shared_ptr<const Take> take; // null: none yet
    Place place;
    std::string name {}; // Part::name, of what it asks for

    /** 0 to 1, below 1 until its take is whole. [any thread] */
    double fraction() const;

    bool operator== (const PartView&) const = default;
};

struct View
{
    std::vector<PartView> parts; // in the script's order
    ModelSamples end;            // of the last, as it is known or estimated, with the silence after it

    /** Of all speech, 0 to 1; 1 if there is none. [any thread] */
    double fraction() const;

    bool operator== (const View&) const = default;
};

/** A part that an offline bounce could not wait for. */
struct Gap
{
    std::uint64_t line = 0;
    Place place;
    std::string why; // a sentence

    bool operator== (const Gap& other) const { return line == other.line && why == other.why; }
};

/** A bounce that waited where it had to, and is over: the host plays on, has stopped, or lets go of the stage. It is complete if
    it has no gap and lacks nothing before. */
struct BounceEnd
{
    std::vector<Gap> gaps {}; // of what it has asked for, in the order of their places
    Played::Report before {}; // what was played until it was noticed that it is a bounce
    double hostRateHz = (double) modelSampleRateHz;
    bool playsSlate = true; // where the gaps are
};

/** Plays a score: loads its takes from the store, asks the engine for those that are missing, the next to be heard first,
    makes plans for the audio thread, and lets an offline bounce wait for what it needs. It knows no project: see Player.

    Threads   planFor(), read(): the audio thread, or whichever asks for blocks. Everything else: any thread, which is never
              held up for long. Plans are made on a thread of the stage's own, which waits neither for the engine nor for a
              disk; so a bounce needs no thread of the host. In real time planFor() and read() take no lock, allocate nothing
              and make no system call.
    Waiting   A block that waits does so as long as there is progress (Patience). Then, and for a part that has failed, the
              part is given up until the bounce ends: it is a slate, or silent, of its estimated length, and gaps() has it.
              It also waits until the listener has the takes that it hears, so that a project that is saved right after a bounce
              has them. A store that hangs for so long is not waited for any longer, and is no gap.
*/
class Stage : private RenderLink::Listener, private Keeper::Listener
{
public:
    class Listener
    {
    public:
        virtual ~Listener() = default;

        /** A take was rendered to its end, and is in the store if that was possible. [a thread of the stage's] */
        virtual void takeKept (const KeptTake& take) = 0;

        /** A take has failed; FinishedTake::take has the reason. [a thread of the stage's] */
        virtual void takeFailed (const FinishedTake& take) = 0;

        /** The store has found a take damaged, and says so; it is rendered again where that can be. [a thread of the stage's] */
        virtual void takeDamaged (const Error& what) = 0;

        /** [a thread of the stage's] */
        virtual void bounceEnded (const BounceEnd& bounce) = 0;

        /** The transport has stopped after playing in real time, or what was told of it then has become known better. [a thread
            of the stage's] */
        virtual void playedEnded (const Played::Report& played) = 0;
    };

    struct Options
    {
        RenderLink::Options link;
        std::shared_ptr<SampleStore> store {};         // null: takes are kept in memory alone
        std::chrono::milliseconds patience { 30'000 }; // without progress, until a bounce gives a part up
        std::chrono::milliseconds settling { 600 };    // until a part that is being edited is asked for
        std::size_t mostAsked = 64;                    // parts that wait for the engine at a time
    };

    Stage (Options wanted, Listener& listener);
    ~Stage() override;

    Stage (const Stage&) = delete;
    Stage& operator= (const Stage&) = delete;

    /** Another score: `compose` is called on the stage's thread, unless a later one replaces it before. */
    void play (std::function<Score()> compose);

    /** The host's rate. Until the takes are resampled all is silent, and offline all waits. */
    void setHostRate (double hertz);
    double hostRate() const noexcept { return hostRateHz.load (std::memory_order_relaxed); }

    /** Waits until the plan has what the stage was told, but not long: else what is played at once would be silent without being
        counted. Not on the audio thread. */
    void settle();

    /** Has everything rendered that is missing or has failed, from the playhead on, then what is before it, until stop(). Also
        parts that become missing later. The same begins, without those that have failed, when the transport starts, and
        whenever a bounce waits. */
    void renderAll();

    /** Cancels what is being rendered. */
    void stop();

    /** Asks once more for a part that has failed. */
    void retry (std::uint64_t line);

    void setWaitMode (WaitMode wanted) noexcept { waitMode.store (wanted, std::memory_order_relaxed); }
    void setPatience (std::chrono::milliseconds longest);

    /** See RenderLink. */
    void setProgram (std::filesystem::path setting) { link.setProgram (std::move (setting)); }
    void tryAgain (bool withEmbeddedModel) { link.tryAgain (withEmbeddedModel); }
    LinkStatus engine() const { return link.status(); }

    /** Of the takes that the engine was asked for; secondsLeft also counts those that are still to be asked for. */
    LinkProgress progress() const;

    /** Never null. */
    std::shared_ptr<const View> view() const;

    /** A whole take that is in memory: a part plays it, or it could not be put into the store. Null: none. For a thread that
        has time to read samples. */
    std::shared_ptr<const Take> takeInMemory (const KnownTake& known) const;

    /** The last block was one that waits where it has to: it may be part of a bounce, whatever the host says. */
    bool isInBounce() const noexcept { return isBouncing.load (std::memory_order_relaxed); }

    /** What the last bounce, or the one that goes on, gave up. */
    std::vector<Gap> gaps() const;

    /** Another project is played from now on: what was told of the one before is not corrected, nor in gaps() any more. */
    void forgetGaps();

    /** The plan for a block; valid until the next call. [audio thread] */
    const PlaybackPlan& planFor (const Block& block);

    /** Plays that plan for that block, and notes what is missing in real time: then a position up to 8 samples beside the end of
        the block before counts as that end. [audio thread] */
    void read (const PlaybackPlan& current, const BusBlock& out) noexcept;

    /** No block waits from now on: for who lets go of the stage before a bounce is over. */
    void breakOff();

    /** The transport runs, as the last block said. */
    bool isPlaying() const noexcept { return plays.load (std::memory_order_relaxed); }

    /** Samples of speech that were missing since the transport started in real time. */
    std::int64_t late() const noexcept { return lateSamples.load (std::memory_order_relaxed); }

private:
    using Clock = std::chrono::steady_clock;
    using Lock = std::unique_lock<std::mutex>;

    /** What a bounce gave up, and whether it goes on where the host played in real time. */
    struct Ended
    {
        std::vector<Gap> gaps;
        double hostRateHz = (double) modelSampleRateHz;
        bool goesOn = false;
    };

    /** What the stage's thread is told. */
    struct News
    {
        std::function<Score()> compose;
        std::optional<double> rate;
        std::vector<std::uint64_t> retries;
        std::vector<std::pair<std::string, Result<std::shared_ptr<Take>>>> loaded;
        std::vector<KeptTake> kept;
        bool rendersAll = false, stops = false;
        bool isOther = false; // anything else that a plan depends on
        bool beginsBounce = false;
        bool hasGrown = false, forgets = false;
        std::vector<Ended> ended; // bounces that are over
    };

    // RenderLink's threads, the keeper's thread.
    void takeChanged (const Take& take) override;
    void takeLoaded (const std::string& audio, Result<std::shared_ptr<Take>> take) override;
    void takeKept (const KeptTake& kept) override;

    // The stage's thread (Stage.cpp), what it asks the engine for (Asking.cpp), and what it tells (Telling.cpp).
    void run();
    void rest (Lock& lock);
    bool work (News news, std::uint64_t ticket);
    bool take (News& news);
    void compose (const std::function<Score()>& make);
    bool followHost (std::vector<Ended>& ended);
    void collectHoles (const std::optional<double>& nextRate = {});
    std::optional<Played::Line> lineNow (std::uint64_t line) const;
    void arrangeAll();
    std::optional<Playing> whatIsHeard() const;
    ModelSamples modelPlayhead() const;
    void publish (std::uint64_t ticket);
    bool followPlayhead (bool isOther);
    bool ask();
    bool isWanted (std::size_t index, Clock::time_point time) const;
    Urgency urgencyOf (std::size_t index, std::size_t rank, Clock::time_point time) const;
    void handOn();
    void tellFailures();
    void tellOfBounces (std::vector<Ended> ended);
    void tellOfPlayed();
    bool isRestless() const;

    // The audio thread (Waiting.cpp): in real time, and while a bounce waits.
    void followTransport (bool isPlayed) noexcept;
    const PlaybackPlan& waitFor (const Block& block);
    bool mustWait (const Block& block) const noexcept;
    bool isReadOn (const Block& block) const noexcept;
    void beginBounce (const Block& block);
    Ended endedBounce() const;
    bool isBeingKept (const Block& block) const;
    Signs signs() const;
    std::optional<std::string> whyToGiveUp (const PartView& part);
    void giveUp (const PartView& part, std::string why);

    void tell (const std::function<void (News&)>& change, bool changesPlan);

    const Options options;
    Listener& events;

    std::atomic<WaitMode> waitMode { WaitMode::Auto };
    std::atomic<double> hostRateHz { (double) modelSampleRateHz };
    std::atomic<std::int64_t> playhead { 0 }, blockSize { 0 }; // of the last block
    std::atomic<bool> plays { false };
    std::atomic<bool> isBouncing { false };
    std::atomic<std::uint64_t> jumps { 0 }; // of the playhead
    std::atomic<std::uint64_t> steps { 0 }; // takes that were loaded, resampled or kept
    std::atomic<std::int64_t> lateSamples { 0 };
    HoleLog holes; // from the audio thread to the stage's

    // The audio thread's own.
    std::int64_t expected = 0; // where the next block begins unless the playhead jumps
    std::int64_t readAt = 0;   // the block
    HostPace pace;
    PlanReader reader;
    bool isHeard = false; // the last block was played in real time

    mutable std::mutex mutex; // guards everything below down to the stage's own
    std::condition_variable wake, changed;
    News inbox;
    bool hasNews = false, leaving = false;
    std::uint64_t asked = 0, answered = 0; // tickets: the plan is the newest if they are equal
    std::shared_ptr<const View> shown = std::make_shared<View>();
    std::vector<std::uint64_t> lines; // of the parts of the published plan, and of `shown`
    std::map<std::string, std::shared_ptr<const Take>> unkept; // by hash: in memory alone
    std::multiset<const Take*> beingKept; // whole, and the listener was not told of them yet
    std::set<std::uint64_t> givenUp;
    std::vector<Gap> lastGaps;
    std::vector<ModelSamples> unasked; // as long as parts are expected to be that wait to be asked for
    std::int64_t bouncedFrom = 0, bouncedTo = 0; // what the last bounce has asked for, in host samples …
    double bouncedRate = (double) modelSampleRateHz; // … at this rate
    bool isUnreported = false; // a bounce has begun, and the listener was not told of its end
    bool goesOn = false;       // it goes on where the host played in real time
    std::chrono::milliseconds longestWait;
    Patience patience;
    PlanExchange exchange; // except its audio side

    // The stage's thread's own.
    Repertoire repertoire;
    std::vector<Place> places;
    std::vector<std::size_t> order;                 // of the parts, from the playhead on …
    Clock::time_point lookedAt {};                  // … as it was then …
    std::uint64_t followedJumps = 0;                // … after so many
    std::set<std::uint64_t> abandoned;              // copy of givenUp
    std::map<std::string, Clock::time_point> fresh; // names that are being edited, and since when
    std::set<std::string> wantedOnce;               // names that are to be asked for even if nothing else is
    PlaybackPlan plan;
    ModelSamples end; // as in View
    Played played;
    bool wantsAll = false, wasPlaying = false, wasBouncing = false;

    Keeper keeper;
    RenderLink link; // last but the thread: what it calls must be there
    std::thread thread;
};
} // namespace tableread::playback
