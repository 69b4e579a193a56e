// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** The processor's name as the system reports it, else "unknown processor". */
std::string processorName();

/** The device that computes: the GPU and its driver if `device` has one, else the processor. */
std::string nameOf (const DeviceReport& device);

/** Processors that this process may use. */
int usableProcessors();

/** The peak resident memory of this process (VmHWM); 0 if the system does not report it. */
std::int64_t peakResidentBytes();

/** Milliseconds since this process began, in steps of some 10; 0 if the system does not say. */
double processAgeMs();

/** The commit that this program was built from, with "-dirty" for changes on top; "unknown" outside a repository. */
std::string commit();
} // namespace tableread::engine
