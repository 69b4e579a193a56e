// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "EngineLink/RenderLink.h"

namespace tableread::test
{
/** Waits for takes to change; counts the changes. */
class Watcher : public RenderLink::Listener
{
public:
    void takeChanged (const Take&) override
    {
        const std::lock_guard lock (mutex);
        ++count;
        changed.notify_all();
    }

    template <typename Condition>
    bool waitFor (Condition&& condition)
    {
        std::unique_lock lock (mutex);
        return changed.wait_for (lock, std::chrono::seconds (120), condition);
    }

    bool waitForEnd (const Take& take)
    {
        return waitFor ([&] { return take.isFinal(); });
    }

    int changes()
    {
        const std::lock_guard lock (mutex);
        return count;
    }

private:
    std::mutex mutex;
    std::condition_variable changed;
    int count = 0;
};

inline std::vector<float> speechOf (const Take& take)
{
    std::vector<float> speech ((std::size_t) take.audio().rendered());
    take.audio().read (0, speech);
    return speech;
}
} // namespace tableread::test
