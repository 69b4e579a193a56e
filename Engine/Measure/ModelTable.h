// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Checkpoint/Checkpoint.h"

namespace tableread::engine
{
/** A summary of a checkpoint's tensors. Bytes are those in the files, with the scales of int8 tensors. */
struct ModelTable
{
    struct Part
    {
        std::string name; // "language model", "diffusion head" …
        std::int64_t tensors = 0, parameters = 0, bytes = 0;
        std::map<std::string, std::int64_t> bytesByType;
    };

    /** Tensors that differ only in the numbers of their names. */
    struct Group
    {
        std::string
            pattern; // "model.language_model.layers.*.mlp.up_proj.weight"; a single tensor has its name
        std::string dtype;
        std::vector<std::int64_t> shape;
        std::int64_t count = 0, bytes = 0;
    };

    std::vector<Part> parts; // those that exist, in the order in which speech passes them
    std::vector<Group> groups;
    Part total;
};

ModelTable tabulate (const Checkpoint& checkpoint);

/** For people: what the configuration says, the parts, the tensors. */
std::string describe (const Checkpoint& checkpoint, const ModelTable& table);

nlohmann::json toJson (const Checkpoint& checkpoint, const ModelTable& table);
} // namespace tableread::engine
