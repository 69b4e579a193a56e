// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Checkpoint/ModelConfig.h"
#include "Checkpoint/Safetensors/TensorView.h"

namespace tableread::engine
{
/** A checkpoint folder, opened read-only: config.json and one safetensors file or the shards of
    model.safetensors.index.json, memory-mapped. Official and transformers-converted tensor names are both known here
    by their official name (reference: vibevoice.md 1.2, 1.3). Torch-free.

    Threads   const after open(): any thread.
    Errors    throws Exception with one sentence: missing or truncated shard, lying header, duplicate, wrong shape.
*/
class Checkpoint
{
public:
    static std::unique_ptr<Checkpoint> open (const std::filesystem::path& folder);

    /** Random values in the shapes that the folder's config.json gives; no other file is needed. The embedding serves as
        output matrix. To measure speed and memory, not to listen to. */
    static std::unique_ptr<Checkpoint> random (const std::filesystem::path& folder);

    /** Names and shapes that the folder's config.json gives, and no bytes: to reckon with, without any other file. */
    static std::unique_ptr<Checkpoint> shapesOf (const std::filesystem::path& folder);

    /** Whether the folder has weights, or says where they are: for open(). */
    static bool hasWeights (const std::filesystem::path& folder);
    ~Checkpoint();

    const std::filesystem::path& folder() const;
    const ModelConfig& config() const;

    /** Official names, sorted, without the `_scale` siblings. */
    const std::vector<std::string>& names() const;
    bool has (std::string_view officialName) const;

    /** True if the file has no lm_head.weight: the embedding serves as output matrix. */
    bool tied() const;

    /** The tensor, its shape checked. @throws Exception InvalidInput naming file, tensor, wanted and found shape;
        NotFound if there is none. */
    TensorView tensor (std::string_view officialName, std::span<const std::int64_t> wantedShape) const;

    /** As it is, whatever its shape. */
    TensorView tensor (std::string_view officialName) const;

    /** The `<name>_scale` of an int8 tensor, fp32, one per output channel; empty if there is none. */
    std::optional<TensorView> scale (std::string_view officialName) const;

private:
    Checkpoint();
    struct Files;
    std::unique_ptr<Files> files;
};
} // namespace tableread::engine
