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
/** The acoustic encoder, which only voices need: on a GPU its weights wait in host memory, and come in one copy when a
    voice is encoded. On a CPU it is simply there. */
class ParkedEncoder
{
public:
    /** device: null on a CPU. */
    ParkedEncoder (CodecEncoder encoder, StreamDevice* device);

    /** Calls body with the encoder ready for work, and returns its memory afterwards. */
    void use (const std::function<void (const CodecEncoder&)>& body);

private:
    CodecEncoder encoder;
    StreamDevice* device;
    std::optional<TensorLayout> layout;
    std::unique_ptr<PinnedStore> store;
};
} // namespace tableread::engine
