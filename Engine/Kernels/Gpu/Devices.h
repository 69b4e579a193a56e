// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <c10/core/Device.h>

#include "Device/Kind.h"

namespace tableread::engine
{
/** The device to compute on. Auto falls back to the CPU. @throws Exception Unsupported, saying why, if a GPU was asked
    for and there is none. */
at::Device deviceFor (DeviceKind kind);

/** A sentence for the user who said auto and does not get a GPU: why. Empty if there is nothing to say. */
std::string noteOnDevice (DeviceKind kind);
} // namespace tableread::engine
