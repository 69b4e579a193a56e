// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "Checkpoint/ModelConfig.h"
#include "Kernels/Attention.h"

namespace tableread::engine
{
/** The keys and values of all layers for one branch of one sequence, reserved once for the greatest length.
    Pages that are never touched cost no memory on a CPU. */
class KvCache
{
public:
    KvCache (const LanguageModelConfig& config, std::int64_t capacity, at::TensorOptions where);

    std::int64_t length() const { return used; }
    std::int64_t capacity() const { return store.keys.size (2); }

    /** A group of `rows` new rows after those that it holds. */
    kernels::AttentionGroup group (std::int64_t rows) const { return { store, rows, used }; }

    void append (std::int64_t rows) { used += rows; }

    /** Drops everything from `length` on: a speculative row that was not needed, or a whole segment. */
    void truncate (std::int64_t length) { used = length; }

    /** A copy of the first `rows` positions. */
    kernels::KvStore first (std::int64_t rows) const;

    /** Begins an empty cache with the first `rows` positions of such a copy. */
    void fill (const kernels::KvStore& positions, std::int64_t rows);

    /** Moves keys and values to another device, with the same capacity. */
    void moveTo (at::Device device);

private:
    kernels::KvStore store;
    std::int64_t used = 0;
};
} // namespace tableread::engine
