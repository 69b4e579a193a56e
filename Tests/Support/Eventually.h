// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

namespace tableread::test
{
/** Waits until something holds, for at most a minute, or as long as is said. */
template <typename Condition>
bool eventually (Condition condition, std::chrono::milliseconds limit = std::chrono::minutes (1))
{
    constexpr std::chrono::milliseconds pause { 10 };
    for (const auto end = std::chrono::steady_clock::now() + limit; std::chrono::steady_clock::now() < end;)
    {
        if (condition())
            return true;
        std::this_thread::sleep_for (pause);
    }
    return condition();
}
} // namespace tableread::test
