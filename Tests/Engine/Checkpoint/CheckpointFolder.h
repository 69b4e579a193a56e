// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Checkpoint/Checkpoint.h"
#include "Support/Failure.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/TinyConfig.h"

namespace tableread::test
{
using namespace engine;
using Names = std::vector<std::string>;
using Shape = std::vector<std::int64_t>;

/** A folder with a config.json and the files that a test puts next to it. */
struct Folder
{
    Folder() { writeFile (path() / "config.json", tinyOfficialConfig().dump()); }

    const std::filesystem::path& path() const { return folder.path(); }
    std::unique_ptr<Checkpoint> open() const { return Checkpoint::open (path()); }
    Error refusal() const
    {
        return failureOf ([this] { open(); });
    }

    void write (const std::string& name, const std::string& content) const
    {
        writeFile (path() / name, content);
    }
    void writeIndex (const nlohmann::json& weightMap) const
    {
        write ("model.safetensors.index.json", nlohmann::json { { "weight_map", weightMap } }.dump());
    }

    TemporaryFolder folder;
};

inline const std::string used = "lm_head.weight",
                         norm = "model.language_model.norm.weight"; // names that the model uses

inline std::string oneTensor (const std::string& name, const std::vector<float>& values = { 1 })
{
    return SafetensorsWriter().addFloats (name, { (std::int64_t) values.size() }, values).file();
}

inline float firstFloat (const TensorView& view)
{
    float value = 0;
    REQUIRE (view.bytes.size() >= sizeof value);
    std::memcpy (&value, view.bytes.data(), sizeof value);
    return value;
}
} // namespace tableread::test
