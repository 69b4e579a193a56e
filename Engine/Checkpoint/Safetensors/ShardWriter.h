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

/** Writes tensors one after the other as the safetensors file of a checkpoint folder or, if they exceed
    `shardBytes`, as shards and their index. All tensors must be known in advance, since a file's header lists them.

    Memory    only the headers.
    Errors    throws Exception Io with a sentence, for example on a full disk; what was written so far stays.
*/
class ShardWriter
{
public:
    ShardWriter (std::filesystem::path folder, std::vector<PlannedTensor> tensors, std::int64_t shardBytes);
    ~ShardWriter();

    /** Bytes of all files together. */
    std::int64_t totalBytes() const;
    std::size_t shards() const;

    /** Writes the next bytes of the current tensor, in the order of the plan. Empty tensors are skipped. */
    void write (std::span<const std::byte> bytes);

    /** Completes the files after all tensors are written, and syncs them to disk. */
    void finish();

private:
    struct Files;
    std::unique_ptr<Files> files;
};
} // namespace tableread::engine
