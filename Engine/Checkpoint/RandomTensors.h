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
/** Values of no meaning in the shapes of a configuration, bf16, to measure speed and memory where the real files are not
    at hand: spread so that nothing overflows (a linear layer keeps the size of what it gets). Tensors of the same kind
    are windows on the same values at different places, so a model of 18 GB takes some 2 GB and no time to make. */
class RandomTensors
{
public:
    explicit RandomTensors (const std::vector<TensorShape>& shapes);

    /** One of the shapes that this was made for. The bytes live as long as this object. */
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
