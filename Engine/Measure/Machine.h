// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** The processor's name as the system knows it, "unknown processor" if it does not say. */
std::string processorName();

/** What computes: the GPU and its driver if there is one in `device`, else the processor. */
std::string nameOf (const DeviceReport& device);

/** Processors that this process may use. */
int usableProcessors();

/** The most memory that this process ever had resident (VmHWM); 0 if the system does not say. */
std::int64_t peakResidentBytes();

/** The commit that this program was built from, with "-dirty" for changes on top; "unknown" outside of a repository. */
std::string commit();
} // namespace tableread::engine
