// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "Command/ModelOptions.h"
#include "Command/OffloadOptions.h"

namespace tableread::engine
{
/** One --model of `serve`: [name=]folder[@device]. */
struct ModelRequest
{
    std::string name;             // empty: the folder's
    std::filesystem::path folder; // empty: the embedded one
    std::string device;           // "cpu", "cuda:1", …; empty: --device
    std::string dtype {};         // "fp32" or "bf16"; empty: --dtype
    std::string weights {};       // "bf16", "fp8" or "int8"; empty: --weights
};

/** A text that is an existing path as a whole has neither name nor device. */
ModelRequest parseModelRequest (const std::string& text);

/** A model that is to be served. */
struct ModelToServe
{
    std::string name;
    LoadOptions load;
    std::string device; // models with the same one share its render thread
};

/** "cpu", "cuda", "auto", or a GPU such as "cuda:1". */
bool isDevice (std::string_view text);

/** What `serve` loads, in the order of its options; the embedded model, or that of TABLEREAD_MODEL, if none is asked for.
    @throws Exception NotFound if there is no such model, InvalidInput if two have the same name. */
std::vector<ModelToServe> modelsToServe (std::vector<ModelRequest> asked, const ModelOptions& options,
                                         const OffloadOptions& offload, const Session& session);

/** The same for texts of --model. */
std::vector<ModelToServe> modelsToServe (const std::vector<std::string>& asked, const ModelOptions& options,
                                         const OffloadOptions& offload, const Session& session);

/** The size of a model's safetensors files. */
std::int64_t weightBytes (const std::filesystem::path& folder);
} // namespace tableread::engine
