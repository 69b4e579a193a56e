// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "Network/WeightReader.h"

namespace tableread::engine
{
/** Projects acoustic latents or semantic vectors into the language model: linear, RMSNorm, linear; no activation. */
class Connector
{
public:
    /** name: "acoustic_connector" or "semantic_connector"; inputs: the width of the input. */
    Connector (const WeightReader& weights, const std::string& name, std::int64_t inputs);

    /** features [R, inputs] float32 → [R, h]. */
    at::Tensor operator() (const at::Tensor& features) const;

private:
    kernels::Weight first, second;
    at::Tensor norm;
};
} // namespace tableread::engine
