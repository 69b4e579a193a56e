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
    std::string otherType; // as in the file, for DType::Other
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0; // offsets in the data, which starts after the header
};

/** The header of a safetensors file, accepted only after these checks: lengths and offsets are inside the file, no
    tensor occurs twice, each of a known type has exactly the bytes that its shape and type need, and together they fill
    the data without gap or overlap. Data may be misaligned; of `__metadata__` only
    `_quantization_metadata` is read. */
struct SafetensorsHeader
{
    static constexpr std::uint64_t maxBytes = 16 << 20;
    static constexpr std::size_t maxTensors = 32'768;

    std::uint64_t dataStart = 0;           // offset of the data in the file
    std::vector<SafetensorsEntry> entries; // in the order of their data
    std::string layerFormats;              // JSON; see LayerFormat.h

    /** `file` is the whole file. @throws Exception InvalidInput. */
    static SafetensorsHeader parse (std::span<const std::byte> file, const std::string& where);
};
} // namespace tableread::engine
