// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "Server/Models/ServedModels.h"

namespace tableread::engine
{
/** "loaded" and so on. */
const char* nameOf (ModelState state);

/** OpenAI's object for a model, with what this engine knows of it under "tableread". id: as it was asked for. */
nlohmann::json toJson (const ServedModel& model, const std::string& id, const ModelStatus& status);
} // namespace tableread::engine
