// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "Project/File/Format.h"

namespace tableread::project
{
/** The content of version 1, which the plugin saved before there were projects: a script, voices by speaker and settings.
    It asks for the same speech as then. Speakers without a voice of their own get those that they were given then. A
    damaged field keeps its default, as it always did. */
Content contentOfV1 (const nlohmann::json& json);
} // namespace tableread::project
