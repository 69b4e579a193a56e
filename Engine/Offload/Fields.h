// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "Offload/Config.h"

namespace tableread::engine
{
/** A setting of an OffloadRequest as users name it: `gpu_layers` in a request, `--gpu-layers` on the command line. Both
    read it by this table. */
struct OffloadField
{
    enum class Kind
    {
        Number,   // whole
        Memory,   // with a unit, such as 10GB
        Word,     // one of a few
        Passages, // a number, or auto
        Flag      // "true" or "false"
    };

    std::string_view name;
    Kind kind = Kind::Number;
    std::int64_t least = 0, most = 0; // of a number
    bool choosesLayers = false;       // at most one of those is given
    bool worksOnCpu = false;
};

std::span<const OffloadField> offloadFields();

/** @returns nullptr if there is none of this name. cache_clear_interval is another one of cache_trim_interval. */
const OffloadField* offloadField (std::string_view name);

/** What is wrong with a value, without the setting's name; empty if nothing is. */
std::string wrongWith (const OffloadField& field, const std::string& value);

/** Writes a value with which nothing is wrong. */
void set (OffloadRequest& request, const OffloadField& field, const std::string& value);

/** A sentence on settings that were given for a CPU. `names` is not empty. */
std::string withoutEffectOnCpu (std::span<const std::string> names);

/** The presets and how many layers they keep, in a list. */
std::string presetNames();

/** A sentence about options, for somebody who sends requests: "--gpu-layers" becomes "gpu_layers". */
std::string withNamesOfFields (std::string sentence);
} // namespace tableread::engine
