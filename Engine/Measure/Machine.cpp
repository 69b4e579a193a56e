// SPDX-License-Identifier: Apache-2.0
#include "Measure/Machine.h"

#include <fstream>
#include <sched.h>

#include "TableReadCommit.h"

namespace tableread::engine
{
namespace
{
/** The text after `key` and a colon in a file; empty if there is none. */
std::string valueOf (const char* file, const std::string& key)
{
    std::ifstream in (file);
    for (std::string line; std::getline (in, line);)
    {
        const auto colon = line.find (':');
        if (colon == std::string::npos || line.compare (0, key.size(), key) != 0)
            continue;
        const auto begin = line.find_first_not_of (" \t", colon + 1);
        return begin == std::string::npos ? std::string() : line.substr (begin);
    }
    return {};
}
} // namespace

std::string processorName()
{
    const auto name = valueOf ("/proc/cpuinfo", "model name");
    return name.empty() ? "unknown processor" : name;
}

std::string nameOf (const DeviceReport& device)
{
    return device.name.empty() ? processorName() : device.name + ", " + device.driver;
}

int usableProcessors()
{
    cpu_set_t set;
    CPU_ZERO (&set);
    return sched_getaffinity (0, sizeof (set), &set) == 0 ? CPU_COUNT (&set) : 1;
}

std::int64_t peakResidentBytes()
{
    const auto text = valueOf ("/proc/self/status", "VmHWM"); // "123456 kB"
    return text.empty() ? 0 : std::stoll (text) * 1024;
}

std::string commit()
{
    return TABLEREAD_COMMIT;
}
} // namespace tableread::engine
