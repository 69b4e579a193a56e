// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <new>
#include <thread>

namespace tableread::engine
{
/** Does what must be done even while memory is short, such as telling a client that it is: tries again for a second.
    Neither for the I/O thread, nor with a lock that it may wait for. @returns false if there was none all the time. */
template <typename Action>
bool insist (Action action)
{
    for (int attempt = 0; attempt < 100; ++attempt)
        try
        {
            action();
            return true;
        }
        catch (const std::bad_alloc&)
        {
            std::this_thread::sleep_for (std::chrono::milliseconds (10));
        }
    return false;
}

/** Does what somebody else will do once more if memory is short just now, without waiting for it. */
template <typename Action>
void attempt (Action action)
{
    try
    {
        action();
    }
    catch (const std::bad_alloc&)
    {}
}
} // namespace tableread::engine
