// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

namespace boost::asio
{
class thread_pool;
}

namespace tableread::engine
{
/** A few threads that encode speech while the I/O thread does other things. Destroying it drops what has not begun, and
    waits for the rest. */
class EncoderPool
{
public:
    /** Half of the cores, at most four. */
    static unsigned usualThreads();

    explicit EncoderPool (unsigned count = usualThreads());
    ~EncoderPool();
    EncoderPool (const EncoderPool&) = delete;
    EncoderPool& operator= (const EncoderPool&) = delete;

    /** [any thread] `work` must not throw. */
    void run (std::function<void()> work);

private:
    std::unique_ptr<boost::asio::thread_pool> threads;
};
} // namespace tableread::engine
