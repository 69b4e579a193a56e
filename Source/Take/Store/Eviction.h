// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Take/Store/TakeStore.h"

namespace tableread
{
/** The parts of TakeStore's sessions(), tidy() and evict(). */
[[nodiscard]] Result<std::vector<TakeSession>> readTakeSessions (const StoreFolder& folder);
[[nodiscard]] Result<void> removeAbandoned (const StoreFolder& folder, const TakeStoreOptions& options);
[[nodiscard]] Result<TakeStore::Eviction> evictTakes (const StoreFolder& folder,
                                                      const TakeStoreOptions& options);
} // namespace tableread
