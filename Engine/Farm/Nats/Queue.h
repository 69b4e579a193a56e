// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Farm/Messages.h"
#include "Farm/Nats/Connection.h"

namespace tableread::engine
{
enum class Priority
{
    High,
    Normal,
    Low
};

inline constexpr std::array priorityNames { "high", "normal", "low" };

/** A line that the queue has given to this process alone, until it is acknowledged, given back, or was not heard of for
    LineQueue::patience. */
class HeldLine
{
public:
    HeldLine (NatsHandle<natsMsg> received, std::string lineKey, bool wasGiven)
        : message (std::move (received))
        , key (std::move (lineKey))
        , wasGivenBefore (wasGiven)
    {}

    std::string_view text() const; // as it came

    // What the server does not get, it does not know: then it gives the line to somebody else.
    void done() { (void) natsMsg_Ack (message.get(), nullptr); }
    void inProgress() { (void) natsMsg_InProgress (message.get(), nullptr); }
    void giveBack (std::chrono::milliseconds pause);

    const std::string& name() const { return key; }
    bool isRepeated() const { return wasGivenBefore; }

private:
    NatsHandle<natsMsg> message;
    std::string key;
    bool wasGivenBefore;
};

/** A queue of lines on a NATS server: two JetStream streams (Assets/docs/queue.md).

    Threads   any; one at a time calls fetch()
    Errors    all throw Exception: Io if the server does not answer, InvalidInput for what it will never do. */
class LineQueue
{
public:
    /** How long a line belongs to a worker that does not say that it goes on. */
    static constexpr std::chrono::seconds patience { 30 };

    /** Connects. @throws Exception also InvalidInput if `name` is none: letters, digits, - and _. */
    LineQueue (NatsAddress where, const std::string& name);

    /** Makes what is not there: the first time. */
    void create();

    /** Adds a line. `key`: the hash of its content. @returns false if it is there already. */
    bool publish (const std::string& key, const LineMessage& line, Priority priority);

    /** Forgets what has become of former lines, if all of them have ended. */
    void beginCount();

    /** Up to `most` lines, those of higher priority first. Waits for one. */
    std::vector<HeldLine> fetch (int most, std::chrono::milliseconds wait);

    /** Lines that are not done. */
    std::uint64_t queued() const;

    /** Keeps what is known of a line, in place of what was known before. It is on its way when this returns. */
    void report (const std::string& key, const LineResult& result);

    /** The last that was reported; empty: nothing, or nothing that can be read. */
    std::optional<LineResult> lastReport (const std::string& key) const;

    bool isLost() const { return nats.isLost(); }
    void flush() const { nats.flush(); }

    /** What was reported of all lines, and is from now on. */
    class Reports
    {
    public:
        struct Report
        {
            std::string key;
            std::uint64_t number; // which grows
            double at;            // seconds since 1970
            LineResult result;
        };

        /** Reads what is there now, and not yet read. */
        void read (const std::function<void (Report)>& take);

        /** The number of the first one that still counts. */
        std::uint64_t first() const;

    private:
        friend class LineQueue;
        explicit Reports (const LineQueue& from);

        const LineQueue& queue;
        NatsHandle<natsSubscription> subscription;
        std::uint64_t last = 0; // its number
    };

    Reports reports() const { return Reports (*this); }

private:
    NatsHandle<jsStreamInfo> infoOf (const std::string& stream) const;
    void createStream (const std::string& stream, const std::string& subject, bool isWork) const;
    void createConsumer (Priority priority) const;
    natsSubscription* subscriptionTo (Priority priority);
    void fetch (Priority priority, int most, std::chrono::milliseconds wait, std::vector<HeldLine>& lines);
    std::string lineSubject (Priority priority, const std::string& key) const;

    std::string lineSubjects, resultSubjects; // with a dot at the end
    std::string lineStream, resultStream;
    NatsConnection nats;
    std::array<NatsHandle<natsSubscription>, priorityNames.size()> subscriptions;
};
} // namespace tableread::engine
