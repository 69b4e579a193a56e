// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tableread::engine
{
/** The processor's name as the system knows it, "unknown processor" if it does not say. */
std::string processorName();

/** Processors that this process may use. */
int usableProcessors();

/** The most memory that this process ever had resident (VmHWM); 0 if the system does not say. */
std::int64_t peakResidentBytes();

/** The commit that this program was built from, with "-dirty" for changes on top; "unknown" outside of a repository. */
std::string commit();
} // namespace tableread::engine
