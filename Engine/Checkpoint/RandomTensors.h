// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "Checkpoint/Checkpoint.h"
#include "Checkpoint/TensorShapes.h"

namespace tableread::engine
{
/** Random bf16 values in the shapes of a configuration, to measure speed and memory without the real files. Their
    spread is such that nothing overflows (a linear layer keeps the scale of its input). Tensors of the same kind are
    views of the same values at different offsets, so a model of 18 GB takes some 2 GB and no time to create. */
class RandomTensors
{
public:
    explicit RandomTensors (const std::vector<TensorShape>& shapes);

    /** `tensor` must be one of the shapes passed to the constructor. The bytes live as long as this object. */
    TensorView view (const TensorShape& tensor) const;

private:
    /** mean + N(0, 1) · spread */
    struct Kind
    {
        float mean, spread;
        auto operator<=> (const Kind&) const = default;
    };

    static Kind kindOf (const TensorShape& tensor);

    std::map<Kind, std::vector<std::uint16_t>> values; // bf16
};
} // namespace tableread::engine
