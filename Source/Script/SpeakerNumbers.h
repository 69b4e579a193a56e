// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Script/Script.h"

namespace tableread
{
/** If all speakers are called "Speaker N", orders them by N, as in the model's own scripts. Notes each number that
    differs from the model's, which counts without gaps from 0. */
void numberSpeakers (Script& script);
} // namespace tableread
