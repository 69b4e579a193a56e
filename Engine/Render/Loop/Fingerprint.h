// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "Render/Frame/VibeVoice.h"
#include "Render/Renderer.h"
#include "Text/Tokenizer.h"

namespace tableread::engine
{
/** What samples depend on besides a request and its voices. */
struct Fingerprint
{
    std::string device;  // "cpu", "cuda-sm90"
    std::string types;   // "bf16", or "bf16-fp8" if the layers have another format than the compute type
    int kernels = 0;     // KernelFamily.h
    std::string tables;  // of the cosines and sines of positions and timesteps: 8 digits of their XXH3-128
    std::string content; // XXH3-128 of weights, tokenizer and config
};

/** Of a loaded model; `weights` is the hash of its weights (WeightsHash). */
Fingerprint fingerprintOf (const LoadOptions& options, const VibeVoice& model, const Tokenizer& tokenizer,
                           const std::string& weights);

/** As the protocol spells it: "cpu-fp32-k1-t0123…-4567…". */
std::string textOf (const Fingerprint& fingerprint);
} // namespace tableread::engine
