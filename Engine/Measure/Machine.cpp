// SPDX-License-Identifier: Apache-2.0
#include "Measure/Machine.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sched.h>
#include <sstream>
#include <unistd.h>

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

double processAgeMs()
{
    constexpr int startTime = 22, state = 3; // which fields they are
    std::ifstream file ("/proc/self/stat");
    std::string text;
    std::getline (file, text);
    std::istringstream fields (
        text.substr (text.rfind (')') + 1)); // behind the name, which may have anything in it
    std::string field;
    for (int i = state; i < startTime; ++i)
        fields >> field;
    double ticks = 0;
    timespec now {};
    if (! (fields >> ticks) || clock_gettime (CLOCK_BOOTTIME, &now) != 0)
        return 0;
    const double seconds = static_cast<double> (now.tv_sec) + static_cast<double> (now.tv_nsec) / 1e9;
    return std::max (0.0, 1000.0 * (seconds - ticks / static_cast<double> (sysconf (_SC_CLK_TCK))));
}

std::string commit()
{
    return TABLEREAD_COMMIT;
}
} // namespace tableread::engine
