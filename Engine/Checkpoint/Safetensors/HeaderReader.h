// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "Checkpoint/Safetensors/Header.h"

namespace tableread::engine
{
/** The tensors of a safetensors file's JSON, as it has them: each complete and of a known type, none twice, not too
    many; sizes and offsets are not compared with anything yet. `json` begins with its brace.
    @throws Exception InvalidInput, or Unsupported for an unknown element type. */
std::vector<SafetensorsEntry> readSafetensorsHeader (std::string_view json, const std::string& where);
} // namespace tableread::engine
