// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Device/Device.h"

namespace tableread::engine
{
/** Copies a block of pinned host memory to the device several times. @returns the median in bytes per second; 0 if the
    block could not be allocated. */
double measureLink (Device& device);
} // namespace tableread::engine
