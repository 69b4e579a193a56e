// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/Worker.h"

#include <utility>

namespace tableread::plugin
{
Worker::Worker (std::function<void()> work) : job (std::move (work)), thread ([this] { run(); })
{}

Worker::~Worker()
{
    {
        const std::lock_guard lock (mutex);
        leaving = true;
    }
    changed.notify_all();
    thread.join();
}

void Worker::ask()
{
    const std::lock_guard lock (mutex);
    ++asked;
    changed.notify_all();
}

void Worker::wait()
{
    std::unique_lock lock (mutex);
    changed.wait (lock, [this, wanted = asked] { return done >= wanted || leaving; });
}

bool Worker::waitFor (std::chrono::milliseconds limit)
{
    std::unique_lock lock (mutex);
    return changed.wait_for (lock, limit, [this, wanted = asked] { return done >= wanted || leaving; });
}

bool Worker::isIdle() const
{
    const std::lock_guard lock (mutex);
    return done == asked;
}

void Worker::run()
{
    std::unique_lock lock (mutex);
    while (true)
    {
        changed.wait (lock, [this] { return leaving || asked != done; });
        if (leaving)
            return;
        const auto now = asked;
        lock.unlock();
        job();
        lock.lock();
        done = now;
        changed.notify_all();
    }
}
} // namespace tableread::plugin
