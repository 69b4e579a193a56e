// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "Server/Models/ServedModels.h"

namespace tableread::engine
{
/** "loaded" and so on. */
const char* nameOf (ModelState state);

/** OpenAI's object for a model, with what this engine knows of it under "tableread". id: as it was asked for. */
nlohmann::json toJson (const ServedModel& model, const std::string& id, const ModelStatus& status);

/** What a plan is answered with. settings: that it was made for. plan: empty on a CPU. */
nlohmann::json toJson (const ServedModel& model, const std::string& id, const LoadOptions& settings,
                       const std::optional<ModelPlan>& plan);
} // namespace tableread::engine
