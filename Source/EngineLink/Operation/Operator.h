// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "Core/Process/StopSignal.h"
#include "EngineLink/Operation/Figures.h"
#include "EngineLink/Supervisor.h"

namespace tableread
{
/** Something that the user wants of the engine. */
struct EngineOperation
{
    enum class Kind
    {
        Start,
        StartEmbedded, // with the embedded model alone
        Stop,          // as soon as nobody is spoken for
        Restart,       // the same, and a start: for settings that are read then only
        Plan,          // what a loading would keep where
        Load,
        Unload
    };

    Kind kind = Kind::Start;
    std::string model {}; // empty: the engine's first one
    protocol::LoadSettings settings {};

    bool operator== (const EngineOperation&) const = default;
};

/** What is known of the engine, and of what it was asked for. Does not change. */
struct EngineView
{
    using Clock = std::chrono::steady_clock;

    enum class State
    {
        Unknown, // nobody has looked yet
        Absent,  // nothing listens on the socket
        Silent,  // something does, and gives no answer that can be understood
        Foreign, // it speaks another version of the protocol
        Loading,
        Ready
    };

    struct Running
    {
        EngineOperation what;
        Clock::time_point begun;
        StartProgress start {}; // of one that starts an engine
    };

    struct Ended
    {
        EngineOperation what;
        std::optional<Error> failure {};         // why it did not succeed
        std::optional<protocol::Model> model {}; // how it is now, or would be
        std::uint64_t number = 0;                // counts them
    };

    State state = State::Unknown;
    Clock::time_point since {};      // it has had this state
    std::optional<Error> problem {}; // why it is Silent; if it is Absent, why none can be started
    protocol::Health health {};      // the last one; from Loading on it is the engine's that is there
    protocol::EngineVersion version {};
    std::vector<protocol::Model> models {};
    EngineFigures figures {};
    std::optional<Running> running {};
    std::size_t waiting = 0;       // operations
    std::optional<Ended> plan {};  // the last plan
    std::optional<Ended> ended {}; // the last of the others
};

/** Asks an engine how it is, and does with it what the user wants: starts and ends it, loads its models, plans that.

    Threads   methods: any, none waits for the engine. Two threads of its own: one does an operation after the other, one asks
              once a second while somebody watches, so that a loading of minutes can be seen.
    Bounded   at most `mostWaiting` operations wait. A plan takes the place of one that waits.
    Errors    of an operation are in the view. An engine goes on with a loading whose client has left.
*/
class EngineOperator
{
public:
    struct Options
    {
        Supervisor::Options engine;
        std::chrono::milliseconds every { 1'000 };    // while somebody watches
        std::chrono::milliseconds patience { 5'000 }; // for the end of an engine that Stop has asked
        std::size_t mostWaiting = 4;
    };

    explicit EngineOperator (Options options);

    /** Leaves what is under way, and waits for the threads. */
    ~EngineOperator();

    EngineOperator (const EngineOperator&) = delete;
    EngineOperator& operator= (const EngineOperator&) = delete;

    /** Whether somebody looks at the view. */
    void setWatched (bool isWatched);

    /** @returns Busy if too many wait already. */
    [[nodiscard]] Result<void> begin (EngineOperation operation);

    /** Leaves the operation that is under way, and forgets those that wait. */
    void cancel();

    /** The engine that the user chose, used at the next start; empty: it is searched for. */
    void setProgram (std::filesystem::path setting);

    std::shared_ptr<const EngineView> view() const;

    /** Where an engine that was started by a plugin logs. */
    std::filesystem::path log() const;

private:
    using Lock = std::unique_lock<std::mutex>;
    using Outcome = Result<std::optional<protocol::Model>>;

    void work();
    Outcome carryOut (const EngineOperation& operation);
    Outcome start (bool withEmbeddedModel);
    Outcome end (bool waitsForSpeech);
    Outcome change (const EngineOperation& operation);
    void starting (const StartProgress& progress);

    void watch();
    void look (Client& client);
    EngineSearch search() const;
    void seen (EngineView::State state, std::optional<Error> problem = {});
    template <typename Change>
    void publish (Change change);

    const Options options;
    Supervisor supervisor; // the working thread's
    StopSignal stop;       // the operation
    StopSignal over;       // the watching
    FigureReader figures;  // the watching thread's

    mutable std::mutex mutex; // guards what follows
    std::condition_variable wake;
    std::shared_ptr<const EngineView> latest = std::make_shared<const EngineView>();
    std::deque<EngineOperation> queue;
    std::filesystem::path program; // that the user chose
    bool isOther = false;          // which the supervisor was not told yet
    std::uint64_t count = 0;
    bool isWatched = false, looksNow = false, leaving = false;

    std::thread worker, watcher;
};
} // namespace tableread
