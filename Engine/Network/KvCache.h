// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "Checkpoint/ModelConfig.h"
#include "Kernels/Attention.h"

namespace tableread::engine
{
/** What one branch of one sequence has seen: keys and values of all layers, reserved once for its longest length.
    Pages that are never reached cost no memory on a CPU. */
class KvCache
{
public:
    KvCache (const LanguageModelConfig& config, std::int64_t capacity, at::TensorOptions where);

    std::int64_t length() const { return used; }
    std::int64_t capacity() const { return store.keys.size (2); }

    /** `rows` new rows behind what it holds. */
    kernels::AttentionGroup group (std::int64_t rows) const { return { store, rows, used }; }

    void append (std::int64_t rows) { used += rows; }

    /** Forgets everything from `length` on: a speculative row that was not needed, or all of a segment. */
    void truncate (std::int64_t length) { used = length; }

private:
    kernels::KvStore store;
    std::int64_t used = 0;
};
} // namespace tableread::engine
