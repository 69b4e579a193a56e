// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "Kernels/Linear.h"

namespace tableread::engine
{
/** The weights of one decoder layer, ready for use. */
struct LayerWeights
{
    at::Tensor attentionNorm; // [h]
    kernels::Weight qkv;      // q, k and v in one product, with bias
    kernels::Weight output;
    at::Tensor mlpNorm; // [h]
    kernels::Weight gateUp;
    kernels::Weight down;
};

/** All tensors of a layer, always in the same order; some may be undefined. */
std::vector<at::Tensor*> tensorsOf (LayerWeights& layer);

/** Where the language model gets its layers from: it acquires each layer before use and releases it afterwards, in
    order, sweep after sweep. The model's code is the same for resident and for copied layers. */
class LayerSource
{
public:
    virtual ~LayerSource() = default;

    virtual std::int64_t layers() const = 0;

    /** The weights of a layer, valid until release() of the same layer. */
    virtual const LayerWeights& acquire (std::int64_t layer) = 0;

    /** True if the layer's weights always have the same address and need not be waited for. */
    virtual bool isResident (std::int64_t layer) const = 0;

    /** The layer's work has been issued; a streaming source may overwrite the layer once that work is done. */
    virtual void release (std::int64_t layer) = 0;
};
} // namespace tableread::engine
