// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** How far the engine deviates from a golden: {tensor class: worst relative error}. A class is a tensor's name without
    digits; an error is |engine − golden| / |golden| in the L2 norm. golden.py's "Comparing" is the contract. */
struct ReplayReport
{
    std::string dtype;                    // "float32" or "bfloat16"
    bool tokensEqual = false;             // the engine's own choice if the golden's tokens were not forced
    std::map<std::string, double> forced; // inputs and latents are replaced by the golden's after comparison
    std::map<std::string, double> free;   // nothing is replaced; empty for bfloat16 and 8-bit weights
    std::map<std::string, double> ownError; // bfloat16: PyTorch's error against fp32, from golden.json
};

struct ReplayOptions
{
    int threads = 0; // 0: one for each core
    DeviceKind device = DeviceKind::Cpu;
    WeightsFormat weights = WeightsFormat::AsComputed; // of the language model's layers
};

/** Replays a folder of golden.py's. @throws Exception if it is not a golden, or one of its tensors was never seen. */
ReplayReport replay (const std::filesystem::path& folder, const ReplayOptions& options = {});
} // namespace tableread::engine
