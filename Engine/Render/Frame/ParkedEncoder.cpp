// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/ParkedEncoder.h"

#include <ATen/ATen.h>
#include <utility>

#include "Core/Error.h"

namespace tableread::engine
{
ParkedEncoder::ParkedEncoder (CodecEncoder made, Device* on) : encoder (std::move (made)), device (on)
{
    if (device == nullptr)
        return;
    const auto tensors = encoder.tensors();
    layout.emplace (tensors);
    store = std::make_unique<PinnedStore> (*device, Pinning::Pinned);
    layout->writeTo (store->add (layout->bytes()).data(), tensors);
    for (auto* tensor : tensors)
        tensor->reset();
    device->trim();
}

void ParkedEncoder::use (const std::function<void (const CodecEncoder&)>& body)
{
    if (device == nullptr)
        return body (encoder);
    struct Room
    {
        Device& device;
        std::byte* block;
        ~Room()
        {
            device.synchronise(); // its readers were issued on another queue than its allocation
            device.free (block);
            device.trim();
        }
    } room { *device, device->allocate (layout->bytes()) };
    if (room.block == nullptr)
        fail (ErrorCode::OutOfMemory,
              device->name() +
                  " has no room for the voice encoder. Keep fewer layers on the GPU (--gpu-layers), or close "
                  "other programs that use it.");
    const auto copied = device->makeEvent (EventKind::Order);
    device->record (copied, DeviceQueue::Compute); // earlier uses of this memory
    device->wait (DeviceQueue::Copy, copied);
    store->upload (0, room.block);
    device->record (copied, DeviceQueue::Copy);
    device->wait (DeviceQueue::Compute, copied);
    device->dropEvent (copied);
    auto ready = encoder;
    layout->bind (ready.tensors(), room.block, at::Device (at::kCUDA, (at::DeviceIndex) device->index()));
    body (ready);
}
} // namespace tableread::engine
