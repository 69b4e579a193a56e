// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Script/Script.h"

namespace tableread
{
/** Orders speakers that are all called "Speaker N" by N, as the model's own scripts are, and notes where a number is
    not the model's: it counts them without gaps, from 0. */
void numberSpeakers (Script& script);
} // namespace tableread
