// SPDX-License-Identifier: Apache-2.0
#include "Logging/Channel.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "Logging/LineQueue.h"

namespace tableread::engine
{
using Clock = std::chrono::steady_clock;

/** What the thread may outlive the channel with. */
struct LogChannel::State
{
    State (std::unique_ptr<LineOutput> to, LostLine describe, const Limits& wanted)
        : output (std::move (to))
        , lostLine (std::move (describe))
        , limits (wanted)
        , queue (wanted.lines)
        , wake (::eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK))
    {}
    ~State()
    {
        if (wake >= 0)
            ::close (wake);
    }
    State (const State&) = delete;
    State& operator= (const State&) = delete;

    LineOutput::Result write (const std::string& line, std::uint64_t lost);
    LineOutput::Result deliver (const std::string& line);
    bool waitForRoom();
    int patienceMs();

    const std::unique_ptr<LineOutput> output;
    const LostLine lostLine;
    const Limits limits;
    LineQueue queue;
    const int wake; // an eventfd, written at the end

    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Clock::time_point> end; // when the last words must be out
    bool hasEnded = false;
};

/** How long to wait for room; -1: until there is some. */
int LogChannel::State::patienceMs()
{
    const std::lock_guard lock (mutex);
    if (! end)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds> (*end - Clock::now());
    return static_cast<int> (std::max<std::int64_t> (left.count(), 0));
}

/** @returns false if the time for last words is over. */
bool LogChannel::State::waitForRoom()
{
    while (true)
    {
        const int patience = patienceMs();
        if (patience == 0)
            return false;
        std::array<pollfd, 2> waited { pollfd { output->descriptor(), POLLOUT, 0 },
                                       pollfd { wake, POLLIN, 0 } };
        const bool listens = patience < 0; // once it is told to end, the eventfd stays readable
        if (::poll (waited.data(), listens ? 2 : 1, patience) > 0 && waited.front().revents != 0)
            return true;
    }
}

/** Full: the time for last words is over. */
LineOutput::Result LogChannel::State::deliver (const std::string& line)
{
    while (true)
    {
        const auto result = output->write (line);
        if (result != LineOutput::Result::Full || ! waitForRoom())
            return result;
    }
}

/** Writes a line, and before it how many were lost. */
LineOutput::Result LogChannel::State::write (const std::string& line, std::uint64_t lost)
{
    using Result = LineOutput::Result;
    try
    {
        const auto told = lost > 0 ? deliver (lostLine (lost)) : Result::Written;
        if (told != Result::Written)
        {
            queue.lose (lost); // which is told again with the next line that is written
            if (told == Result::Lost)
                queue.lose (1);
            return told;
        }
        lost = 0;
        const auto result = deliver (line);
        if (result == Result::Lost)
            queue.lose (1);
        return result;
    }
    catch (const std::exception&) // there is no memory
    {
        queue.lose (lost + 1);
        return Result::Lost;
    }
}

void LogChannel::run (State& state)
{
    std::string line;
    while (state.patienceMs() != 0)
    {
        const auto next = state.queue.take (line);
        if (! next.isThere || state.write (line, next.lost) == LineOutput::Result::Full)
            return;
    }
}

LogChannel::LogChannel (std::unique_ptr<LineOutput> output, LostLine lostLine, Limits limits)
    : lineBytes (limits.lineBytes)
    , state (std::make_shared<State> (std::move (output), std::move (lostLine), limits))
{
    std::thread ([own = state] {
        run (*own);
        const std::lock_guard lock (own->mutex);
        own->hasEnded = true;
        own->changed.notify_all();
    }).detach();
}

LogChannel::~LogChannel()
{
    close();
}

void LogChannel::push (std::string_view line)
{
    if (line.size() <= lineBytes)
        return state->queue.push (line);
    constexpr std::string_view cut = "...\n";
    std::string shorter (line.substr (0, lineBytes - cut.size()));
    state->queue.push (shorter.append (cut));
}

void LogChannel::close()
{
    constexpr std::chrono::milliseconds forTheThread { 50 };
    std::unique_lock lock (state->mutex);
    if (! state->end)
        state->end = Clock::now() + state->limits.lastWords;
    state->queue.close();
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write (state->wake, &one, sizeof one);
    // A thread that waits for a disk, or the host of one, is left to itself.
    state->changed.wait_until (lock, *state->end + forTheThread, [this] { return state->hasEnded; });
}
} // namespace tableread::engine
