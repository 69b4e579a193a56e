// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** How far the engine is from a golden: {tensor class: worst relative error}. A class is a tensor's name without its
    digits; an error is |engine − golden| / |golden| in the L2 norm. golden.py's "Comparing" is the contract. */
struct ReplayReport
{
    std::string dtype;                    // "float32" or "bfloat16"
    bool tokensEqual = false;             // the engine's own choice where the golden's tokens were not forced
    std::map<std::string, double> forced; // inputs and latents replaced by the golden's once compared
    std::map<std::string, double> free; // all else is the engine's own; empty for bfloat16 and 8-bit weights
    std::map<std::string, double> ownError; // bfloat16: PyTorch's error against fp32, from golden.json
};

struct ReplayOptions
{
    int threads = 0; // 0: as many as there are cores
    DeviceKind device = DeviceKind::Cpu;
    WeightsFormat weights = WeightsFormat::AsComputed; // of the language model's layers
};

/** Replays a folder as golden.py writes it. @throws Exception if it is no golden, or a golden's tensor was never met. */
ReplayReport replay (const std::filesystem::path& folder, const ReplayOptions& options = {});
} // namespace tableread::engine
