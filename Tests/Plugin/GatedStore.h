// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "Take/Store/TakeStore.h"

namespace tableread::test
{
/** A store that can be held up. */
class GatedStore : public TakeStore
{
public:
    using TakeStore::TakeStore;

    Result<std::vector<float>> load (const SamplesName& name) override
    {
        isWaiting = isShut.load();
        while (isShut)
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
        isWaiting = false;
        return TakeStore::load (name);
    }

    std::atomic<bool> isShut { false }, isWaiting { false };
};
} // namespace tableread::test
