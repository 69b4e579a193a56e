// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <cstdint>
#include <optional>
#include <vector>

namespace tableread::engine
{
/** The initial noise of each frame's diffusion. */
class NoiseSource
{
public:
    virtual ~NoiseSource() = default;

    /** N(0, 1) for frame `index`, [D] float32. Frames are asked for in order, each once. */
    virtual at::Tensor frame (std::int64_t index, std::int64_t width) = 0;
};

/** Our generator: frame k's noise depends only on the seed and k. */
class PhiloxNoise : public NoiseSource
{
public:
    explicit PhiloxNoise (std::uint64_t fromSeed) : seed (fromSeed) {}
    at::Tensor frame (std::int64_t index, std::int64_t width) override;

private:
    std::uint64_t seed;
};

/** PyTorch's CPU generator in the order of the original's draws: voices' scalars, voices' noise, then two rows per
    frame, of which the first is used. To compare with other implementations. */
class TorchNoise : public NoiseSource
{
public:
    explicit TorchNoise (std::uint64_t seed);
    at::Tensor frame (std::int64_t index, std::int64_t width) override;

    /** The draws for `voices` references of up to `frames` frames: scalars [V] and noise [V, frames, D]. */
    std::pair<at::Tensor, at::Tensor> voices (std::int64_t count, std::int64_t frames, std::int64_t width);

private:
    at::Generator generator;
};

/** Recorded noise [F, D], for tests. */
class RecordedNoise : public NoiseSource
{
public:
    explicit RecordedNoise (at::Tensor noise) : recorded (std::move (noise)) {}
    at::Tensor frame (std::int64_t index, std::int64_t width) override;

private:
    at::Tensor recorded;
};
} // namespace tableread::engine
