// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "Project/File/Format.h"

namespace tableread::project
{
/** The content of version 2. @throws Exception InvalidInput or OutOfRange that names a field. */
Content readContent (const nlohmann::json& json, const std::string& name);
} // namespace tableread::project
