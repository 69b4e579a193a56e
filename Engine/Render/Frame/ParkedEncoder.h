// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "Network/Codec/Encoder.h"
#include "Network/TensorLayout.h"
#include "Offload/PinnedStore.h"

namespace tableread::engine
{
/** The acoustic encoder, which only voices need: on a GPU its weights stay in host memory and are copied at once when a
    voice is encoded. On a CPU it is always ready. */
class ParkedEncoder
{
public:
    /** device: null on a CPU. */
    ParkedEncoder (CodecEncoder encoder, Device* device);

    /** Calls body with the encoder ready for use, and frees its device memory afterwards. */
    void use (const std::function<void (const CodecEncoder&)>& body);

private:
    CodecEncoder encoder;
    Device* device;
    std::optional<TensorLayout> layout;
    std::unique_ptr<PinnedStore> store;
};
} // namespace tableread::engine
