// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "Checkpoint/ModelConfig.h"

namespace tableread::engine
{
/** Every value of a config that samples depend on, as a text: the same from any file that says the same, in either layout,
    and another one if any value has another bit. */
std::string textOf (const ModelConfig& config);
} // namespace tableread::engine
