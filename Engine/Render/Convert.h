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
    std::filesystem::path to;   // a folder that does not exist yet
    WeightsFormat weights = WeightsFormat::Float8;
    std::int64_t shardBytes = 4'000'000'000;

    /** Called now and then with the bytes written and the total; may throw to stop. */
    std::function<void (std::int64_t done, std::int64_t total)> onProgress = {};
};

struct ConvertReport
{
    std::int64_t matrices = 0, kept = 0;          // converted, and those already in the target format
    std::int64_t bytesBefore = 0, bytesAfter = 0; // of all tensors
    std::vector<std::string> notCopied; // files next to the weights that are too large to be part of a model
};

/** Writes a checkpoint whose decoder-layer matrices are in 8 bits, each with its `_scale`, and all else unchanged,
    under official names, with the other files of the folder. Loading it in that format gives the same bits as
    converting while loading the original.

    Memory    a few blocks of rows at a time, for a model of any size.
    Errors    throws Exception with a sentence; after an error or a stop, nothing of the folder is left. */
ConvertReport convertCheckpoint (const ConvertRequest& request);
} // namespace tableread::engine
