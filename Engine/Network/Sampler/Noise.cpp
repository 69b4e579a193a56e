// SPDX-License-Identifier: Apache-2.0
#include "Network/Sampler/Noise.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "Network/Sampler/Philox.h"

namespace tableread::engine
{
at::Tensor PhiloxNoise::frame (std::int64_t index, std::int64_t width)
{
    auto out = at::empty ({ width }, at::kFloat);
    normals (seed, NoiseDomain::Diffusion, (std::uint64_t) index,
             { out.mutable_data_ptr<float>(), (std::size_t) width });
    return out;
}

TorchNoise::TorchNoise (std::uint64_t seed) : generator (at::detail::createCPUGenerator (seed))
{}

at::Tensor TorchNoise::frame (std::int64_t, std::int64_t width)
{
    return at::randn ({ 2, width }, generator)[0].clone();
}

std::pair<at::Tensor, at::Tensor> TorchNoise::voices (std::int64_t count, std::int64_t frames,
                                                      std::int64_t width)
{
    auto scalars = at::randn ({ count }, generator);
    return { scalars, at::randn ({ count, frames, width }, generator) };
}

at::Tensor RecordedNoise::frame (std::int64_t index, std::int64_t width)
{
    TORCH_CHECK (index < recorded.size (0) && recorded.size (1) == width, "recorded noise is too short");
    return recorded[index].contiguous();
}
} // namespace tableread::engine
