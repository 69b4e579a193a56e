// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tableread
{
/** Bytes of the machine's memory that this process holds, as the system counts them; 0 if it does not say. Threads: any. */
std::int64_t residentBytes();
} // namespace tableread
