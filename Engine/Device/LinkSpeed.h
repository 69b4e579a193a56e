// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Device/StreamDevice.h"

namespace tableread::engine
{
/** Copies a block of pinned host memory to the device several times. @returns the median, in bytes a second; 0 if there
    was no room for the block. */
double measureLink (StreamDevice& device);
} // namespace tableread::engine
