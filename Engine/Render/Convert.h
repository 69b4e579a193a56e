// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "Offload/Config.h"

namespace tableread::engine
{
struct ConvertRequest
{
    std::filesystem::path from; // folder of a checkpoint
    std::filesystem::path to;   // a folder that is not there yet
    WeightsFormat weights = WeightsFormat::Float8;
    std::int64_t shardBytes = 4'000'000'000;

    /** Told now and then how many bytes are written, of how many; may throw to stop. */
    std::function<void (std::int64_t done, std::int64_t total)> onProgress = {};
};

struct ConvertReport
{
    std::int64_t matrices = 0, kept = 0;          // converted, and those that had the wanted format already
    std::int64_t bytesBefore = 0, bytesAfter = 0; // of all tensors
    std::vector<std::string> notCopied; // files beside the weights that are too large to belong to them
};

/** Writes a checkpoint whose decoder-layer matrices are in 8 bits, each with its `_scale`, and all else is as it was,
    under official names, with the other files of the folder. Loading it in that format gives the same bits as
    converting while the original is loaded.

    Memory    some blocks of rows at a time, whatever the size of the model.
    Errors    throws Exception with a sentence; then, and when it is stopped, nothing of the folder is left. */
ConvertReport convertCheckpoint (const ConvertRequest& request);
} // namespace tableread::engine
