// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "Checkpoint/Checkpoint.h"
#include "Checkpoint/Safetensors/ShardWriter.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** Writes the tensors of a checkpoint with the decoder layers' matrices in 8 bits, all others unchanged, each scale as
    `_scale` with one number for each output. Leaves out what the model does not use. Memory: a few blocks of rows at a
    time. */
class CheckpointConverter
{
public:
    /** @throws Exception InvalidInput if a layer's tensor is not a matrix of weights. */
    CheckpointConverter (const Checkpoint& checkpoint, WeightsFormat weights);

    /** What is written, in order. */
    const std::vector<PlannedTensor>& plan() const { return tensors; }

    struct Counts
    {
        std::int64_t matrices = 0, kept = 0; // converted, and those already in the target format
        std::int64_t bytesBefore = 0;        // of all tensors
    };

    /** Writes the plan. onBytes: called after each part with its number of bytes; may throw to stop. */
    Counts write (ShardWriter& writer, const std::function<void (std::int64_t)>& onBytes) const;

private:
    const Checkpoint& source;
    WeightsFormat format;
    DType layerType;
    std::vector<PlannedTensor> tensors;
};
} // namespace tableread::engine
