// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Checkpoint/Safetensors/DType.h"

namespace tableread::engine
{
/** A tensor of a checkpoint as its roles are found from it: no data. */
struct FoundTensor
{
    std::string name; // official
    DType dtype = DType::Float32;
    std::string otherType; // for DType::Other
    std::vector<std::int64_t> shape;
    std::string file;       // for messages
    std::string words = {}; // of one whose data are text: a LayerFormat
};

/** What the tensors of a checkpoint are to the model. */
struct TensorRoles
{
    std::map<std::string, std::string, std::less<>> scales; // the name of a tensor's scale, by the tensor's
    std::vector<std::string> unused; // neither used by the model nor the scale of a tensor
};

/** Looks at every tensor of a checkpoint; `found` is sorted by name, `isUsed` knows the official names of the model.
    @throws Exception InvalidInput or Unsupported, in one sentence with the way out: what the model uses is of an unknown
    type, or in 8 bits with a scale that cannot be applied; a LoRA that is not merged; a quantiser's state. */
TensorRoles findRoles (std::span<const FoundTensor> found,
                       const std::function<bool (std::string_view)>& isUsed);
} // namespace tableread::engine
