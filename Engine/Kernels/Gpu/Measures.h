// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Device/StreamDevice.h"

namespace tableread::engine
{
/** Sums up a block that no cache holds, several times: weights are there to be read. @returns the median, in bytes a
    second of the device's own memory. */
double measureReading (StreamDevice& device);
} // namespace tableread::engine
