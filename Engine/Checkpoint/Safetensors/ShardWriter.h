// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "Checkpoint/Safetensors/TensorView.h"

namespace tableread::engine
{
struct PlannedTensor
{
    std::string name;
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;

    std::int64_t bytes() const;
};

/** Writes tensors one after the other as the safetensors file of a checkpoint folder, or, where they are more than
    `shardBytes`, as shards and their index. What there will be must be known beforehand, since a file's head tells it.

    Memory    the heads only.
    Errors    throws Exception Io with a sentence, for example on a full disk; what is written so far stays.
*/
class ShardWriter
{
public:
    ShardWriter (std::filesystem::path folder, std::vector<PlannedTensor> tensors, std::int64_t shardBytes);
    ~ShardWriter();

    /** Bytes of all files together. */
    std::int64_t totalBytes() const;
    std::size_t shards() const;

    /** The next bytes of the next tensor, in the order of the plan. Empty tensors are passed over. */
    void write (std::span<const std::byte> bytes);

    /** Completes the files, once all tensors are written, and brings them to the disk. */
    void finish();

private:
    struct Files;
    std::unique_ptr<Files> files;
};
} // namespace tableread::engine
