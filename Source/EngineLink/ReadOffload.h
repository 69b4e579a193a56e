// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "EngineLink/Protocol.h"

namespace tableread::protocol
{
/** Reads what both health and models say of offloading. prefix: where it stands, for an error. Throws as JsonFields does. */
OffloadState readOffload (const nlohmann::json& json, const char* prefix);
} // namespace tableread::protocol
