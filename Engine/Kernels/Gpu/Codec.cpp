// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include "Kernels/Gpu/Kernels.h"
#include "Kernels/Gpu/Tensors.h"

namespace tableread::engine::kernels
{
at::Tensor codecBlockOnGpu (const at::Tensor& x, const CodecBlockWeights& w, at::Tensor& context,
                            const at::Tensor& active)
{
    TORCH_CHECK (w.mixer.size (0) == gpuMixerTaps);
    const bool rounds = w.up.panels.scalar_type() == at::kBFloat16;
    auto out = at::empty_like (x);
    GpuCodecBlock call;
    call.x = x.const_data_ptr<float>();
    call.out = out.mutable_data_ptr<float>();
    call.context = context.mutable_data_ptr<float>();
    call.active = active.defined() ? active.const_data_ptr<int>() : nullptr;
    call.streams = x.size (0);
    call.rows = x.size (1);
    call.channels = (int) x.size (2);
    call.norm = w.norm.const_data_ptr<float>();
    call.mixer = w.mixer.const_data_ptr<float>();
    call.mixerBias = w.mixerBias.const_data_ptr<float>();
    call.gamma = w.gamma.const_data_ptr<float>();
    call.ffnNorm = w.ffnNorm.const_data_ptr<float>();
    call.ffnGamma = w.ffnGamma.const_data_ptr<float>();
    call.eps = (float) w.eps;
    call.up = w.up.panels.const_data_ptr();
    call.down = w.down.panels.const_data_ptr();
    call.upBias = w.up.bias.const_data_ptr<float>();
    call.downBias = w.down.bias.const_data_ptr<float>();
    auto* stream = gpu().currentStream();
    if (rounds && gpu().codecBlock (call, stream))
        return out;
    at::Tensor ready;
    if (rounds)
    {
        ready = at::empty (x.sizes(), x.options().dtype (at::kBFloat16));
        call.ready = ready.mutable_data_ptr();
    }
    const bool isReady = gpu().codecMix (call, stream);
    const RowNorm norm { w.ffnNorm, w.eps };
    const auto wide = linear (isReady ? ready : out, w.up, isReady ? nullptr : &norm,
                              { .activation = Activation::Gelu, .rounded = rounds });
    return linear (wide.view ({ x.size (0), x.size (1), -1 }), w.down, nullptr,
                   { .residual = out, .gate = w.ffnGamma });
}

at::Tensor extendOnGpu (const at::Tensor& x, at::Tensor& context, const at::Tensor& active, bool rounded)
{
    GpuExtend call;
    call.streams = x.size (0);
    call.rows = x.size (1);
    call.columns = context.size (1);
    call.channels = x.size (2);
    call.rounded = rounded;
    auto out = at::empty ({ call.streams, call.columns + call.rows, call.channels },
                          x.options().dtype (rounded ? at::kBFloat16 : at::kFloat));
    call.x = x.const_data_ptr<float>();
    call.context = context.mutable_data_ptr<float>();
    call.active = active.defined() ? active.const_data_ptr<int>() : nullptr;
    call.out = out.mutable_data_ptr();
    gpu().extend (call, gpu().currentStream());
    return out;
}
} // namespace tableread::engine::kernels
