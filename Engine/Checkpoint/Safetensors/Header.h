// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "Checkpoint/Safetensors/TensorView.h"

namespace tableread::engine
{
/** One tensor as a file's header describes it. */
struct SafetensorsEntry
{
    std::string name; // as in the file
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0; // in the data, which starts behind the header
};

/** What the head of a safetensors file says, believed only after these checks: lengths and offsets lie inside of the
    file, no tensor twice, each has exactly the bytes that its shape and type need, and together they fill the data
    without hole or overlap. Data may be misaligned; `__metadata__` is ignored. */
struct SafetensorsHeader
{
    static constexpr std::uint64_t maxBytes = 16 << 20;
    static constexpr std::size_t maxTensors = 32'768;

    std::uint64_t dataStart = 0;           // bytes of the file before the data
    std::vector<SafetensorsEntry> entries; // in the order of their data

    /** `file` is the whole of it. @throws Exception InvalidInput, or Unsupported for an unknown element type. */
    static SafetensorsHeader parse (std::span<const std::byte> file, const std::string& where);
};
} // namespace tableread::engine
