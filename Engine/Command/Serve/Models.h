// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
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

/** What `serve` loads, in the order of its options.
    @throws Exception NotFound if there is no such model, InvalidInput if two have the same name. */
std::vector<ModelToServe> modelsToServe (const std::vector<std::string>& asked, const ModelOptions& options,
                                         const OffloadOptions& offload, const Session& session);
} // namespace tableread::engine
