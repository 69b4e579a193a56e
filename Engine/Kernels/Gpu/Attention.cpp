// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include "Device/KernelSizes.h"
#include "Kernels/Gpu/Kernels.h"
#include "Kernels/Gpu/Tensors.h"

namespace tableread::engine::kernels
{
at::Tensor attentionTable (const std::vector<AttentionGroup>& groups)
{
    std::vector<std::int64_t> rows;
    for (const auto& group : groups)
        for (std::int64_t i = 0; i < group.rows; ++i)
            rows.insert (rows.end(), { reinterpret_cast<std::int64_t> (group.store.keys.data_ptr()),
                                       reinterpret_cast<std::int64_t> (group.store.values.data_ptr()),
                                       group.store.keys.size (2), group.length + i });
    return at::tensor (rows, at::kLong).view ({ -1, 4 }).to (groups.front().store.keys.device());
}

at::Tensor attentionOnGpu (at::Tensor& qkv, const AttentionRows& rows, const AttentionLayer& layer)
{
    GpuAttention call;
    call.dim = (int) layer.rotary.cosine.size (1) * 2;
    call.bfloat16 = rows.groups.front().store.keys.scalar_type() == at::kBFloat16;
    call.qkv = qkv.mutable_data_ptr<float>();
    call.rows = rows.count;
    call.heads = (int) layer.heads;
    call.kvHeads = (int) layer.kvHeads;
    call.cosine = layer.rotary.cosine.const_data_ptr<float>();
    call.sine = layer.rotary.sine.const_data_ptr<float>();
    call.table = rows.table.const_data_ptr<std::int64_t>();
    call.layer = layer.index;
    call.splits = (int) attentionSplits (rows.longest);
    auto scratch = at::empty ({ rows.count * layer.heads * call.splits * (call.dim + 2) }, qkv.options());
    auto out = at::empty ({ rows.count, layer.heads * call.dim },
                          qkv.options().dtype (rows.groups.front().store.keys.scalar_type()));
    call.append = rows.oneEach;
    TORCH_CHECK (rows.count * layer.kvHeads <= gpuCounterCount);
    call.scratch = scratch.mutable_data_ptr<float>();
    call.counters = gpuCounters (qkv.device());
    call.out = out.mutable_data_ptr();
    gpu().attention (call, gpu().currentStream());
    return out;
}
} // namespace tableread::engine::kernels
