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

/** Every tensor that a checkpoint of this configuration holds (reference: vibevoice.md 1.2), without lm_head.weight,
    which is there only where the embedding does not serve as output matrix too. */
std::vector<TensorShape> tensorShapes (const ModelConfig& config);
} // namespace tableread::engine
