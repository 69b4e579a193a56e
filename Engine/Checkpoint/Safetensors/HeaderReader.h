// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "Checkpoint/Safetensors/Header.h"

namespace tableread::engine
{
/** What a safetensors file's JSON says: its tensors are complete, none is there twice, and they are not too many; sizes
    and offsets are not checked yet. `json` begins with its brace. @throws Exception InvalidInput. */
SafetensorsHeader readSafetensorsHeader (std::string_view json, const std::string& where);
} // namespace tableread::engine
