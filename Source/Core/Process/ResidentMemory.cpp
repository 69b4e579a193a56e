// SPDX-License-Identifier: Apache-2.0
#include "Core/Process/ResidentMemory.h"

#include <fstream>
#include <unistd.h>

namespace tableread
{
std::int64_t residentBytes()
{
    std::int64_t pages = 0, resident = 0;
    std::ifstream ("/proc/self/statm") >> pages >> resident;
    return resident * sysconf (_SC_PAGESIZE);
}
} // namespace tableread
