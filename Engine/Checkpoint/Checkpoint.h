// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
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
    model.safetensors.index.json, memory-mapped. Official and transformers-converted tensors both have their
    official names here (reference: vibevoice.md 1.2, 1.3). Torch-free.

    Threads   const after open(): any thread.
    Errors    throws Exception with one sentence: missing or truncated shard, invalid header, duplicate, wrong shape, a
              LoRA that is not merged, another quantiser's weights, another format. Whoever reads a view's bytes calls
              checkMappedFiles() afterwards.
*/
class Checkpoint
{
public:
    static std::unique_ptr<Checkpoint> open (const std::filesystem::path& folder);

    /** Random values in the shapes from the folder's config.json; no other file is needed. The embedding is also the
        output matrix. For measuring speed and memory, not for listening. */
    static std::unique_ptr<Checkpoint> random (const std::filesystem::path& folder);

    /** Names and shapes from the folder's config.json, without bytes: for calculations, without any other file. */
    static std::unique_ptr<Checkpoint> shapesOf (const std::filesystem::path& folder);

    /** Whether the folder has weights or an index of them, for open(). */
    static bool hasWeights (const std::filesystem::path& folder);
    ~Checkpoint();

    const std::filesystem::path& folder() const;
    const ModelConfig& config() const;

    /** True if random() made it. */
    bool isRandom() const;

    /** Official names, sorted, without scales, and without tensors of other types, which the model does not use. */
    const std::vector<std::string>& names() const;

    /** Official names, sorted, of the tensors that are neither used by the model nor scales. */
    const std::vector<std::string>& unused() const;
    bool isUnused (std::string_view officialName) const;
    bool has (std::string_view officialName) const;

    /** True if the file has no lm_head.weight: the embedding is also the output matrix. */
    bool tied() const;

    /** The tensor, its shape checked. @throws Exception InvalidInput naming file, tensor, expected and found shape;
        NotFound if there is none. */
    TensorView tensor (std::string_view officialName, std::span<const std::int64_t> wantedShape) const;

    /** The tensor in its own shape, unchecked. */
    TensorView tensor (std::string_view officialName) const;

    /** The scale of an int8 or float8 tensor as the file has it, whatever it is called there: F32, F16 or BF16, of one
        number or one for each output channel. Empty if there is none. */
    std::optional<TensorView> scale (std::string_view officialName) const;

    /** The same as one number for each output channel; empty if there is none. */
    std::vector<float> channelScales (std::string_view officialName) const;

    /** From now on the counter, which begins at 0, has the bytes of all tensors that wasRead() was told of; null: none. Before
        others use this object. */
    void countReads (std::shared_ptr<std::atomic<std::int64_t>> counter);

    /** Whoever loads a model has read a tensor, or needs to read no more of it. */
    void wasRead (const TensorView& tensor) const;

private:
    explicit Checkpoint (const std::filesystem::path& folder); // reads the config, but no tensor yet
    struct Files;
    std::unique_ptr<Files> files;
};
} // namespace tableread::engine
