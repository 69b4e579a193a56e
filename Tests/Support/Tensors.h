// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <cstring>

namespace tableread::test
{
/** N(0, 1) of this shape; the same for the same seed. */
inline at::Tensor randomTensor (at::IntArrayRef shape, std::uint64_t seed)
{
    return at::randn (shape, at::detail::createCPUGenerator (seed));
}

inline at::Tensor wide (const at::Tensor& x)
{
    return x.to (at::kDouble);
}

/** |a − b| / |b| in the L2 norm, in double. */
inline double relativeError (const at::Tensor& a, const at::Tensor& b)
{
    const auto wanted = b.to (at::kDouble);
    return ((a.to (at::kDouble) - wanted).norm() / (wanted.norm() + 1e-30)).item<double>();
}

/** Equal bit for bit, NaNs and the signs of zeros included. */
inline bool sameBits (const at::Tensor& a, const at::Tensor& b)
{
    const auto x = a.contiguous(), y = b.contiguous();
    return x.sizes() == y.sizes() && x.scalar_type() == y.scalar_type() &&
           std::memcmp (x.const_data_ptr(), y.const_data_ptr(), x.nbytes()) == 0;
}
} // namespace tableread::test
