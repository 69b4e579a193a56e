// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "Checkpoint/ModelConfig.h"

namespace tableread::engine
{
/** A tensor that a checkpoint holds, by its official name. */
struct TensorShape
{
    std::string name;
    std::vector<std::int64_t> shape; // empty for a scalar
};

/** Every tensor of a checkpoint with this configuration (reference: vibevoice.md 1.2) except lm_head.weight, which
    exists only if the embedding is not also the output matrix. */
std::vector<TensorShape> tensorShapes (const ModelConfig& config);
} // namespace tableread::engine
