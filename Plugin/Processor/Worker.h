// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace tableread::plugin
{
/** A thread that does one thing whenever it is asked to. Asked several times meanwhile, it does it once more.
    Threads   ask(), wait(), isIdle(): any. */
class Worker
{
public:
    explicit Worker (std::function<void()> work);

    /** Waits for what is being done; what was asked for and has not begun is not done. */
    ~Worker();

    Worker (const Worker&) = delete;
    Worker& operator= (const Worker&) = delete;

    void ask();

    /** Until all that was asked for before is done. Not on the worker's own thread. */
    void wait();

    /** The same for so long at most. @returns whether it is done. */
    bool waitFor (std::chrono::milliseconds limit);

    bool isIdle() const;

private:
    void run();

    const std::function<void()> job;
    mutable std::mutex mutex; // guards everything below
    std::condition_variable changed;
    std::uint64_t asked = 0, done = 0;
    bool leaving = false;
    std::thread thread;
};
} // namespace tableread::plugin
