// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Device/Device.h"

namespace tableread::engine
{
/** device: a GPU. Sums up a block that no cache holds, several times: weights are there to be read. @returns the median, in bytes a
    second of the device's own memory. */
double measureReading (Device& device);
} // namespace tableread::engine
