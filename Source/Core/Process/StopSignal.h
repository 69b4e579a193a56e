// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace tableread
{
/** A request to stop: wakes all threads that pause, and aborts the one registered call. Thread-safe. */
class StopSignal
{
public:
    void raise()
    {
        const std::lock_guard lock (mutex);
        raised = true;
        changed.notify_all();
        if (breakOff)
            breakOff();
    }

    void lower()
    {
        const std::lock_guard lock (mutex);
        raised = false;
    }

    bool isRaised() const
    {
        const std::lock_guard lock (mutex);
        return raised;
    }

    /** Pauses for `duration`. @returns true as soon as the signal is raised. */
    bool pause (std::chrono::milliseconds duration) const
    {
        std::unique_lock lock (mutex);
        return changed.wait_for (lock, duration, [this] { return raised; });
    }

    /** While it exists, raise() runs `action`; it runs at once if the signal is already raised. One at a time. */
    class Action
    {
    public:
        Action (const StopSignal& stop, std::function<void()> action) : signal (stop)
        {
            const std::lock_guard lock (signal.mutex);
            signal.breakOff = std::move (action);
            if (signal.raised)
                signal.breakOff();
        }

        ~Action()
        {
            const std::lock_guard lock (signal.mutex);
            signal.breakOff = nullptr;
        }

        Action (const Action&) = delete;
        Action& operator= (const Action&) = delete;

    private:
        const StopSignal& signal;
    };

private:
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    mutable std::function<void()> breakOff;
    bool raised = false;
};
} // namespace tableread
