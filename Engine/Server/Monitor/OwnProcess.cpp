// SPDX-License-Identifier: Apache-2.0
#include "Server/Monitor/OwnProcess.h"

#include <algorithm>
#include <fstream>
#include <poll.h>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace tableread::engine
{
namespace
{
/** How many of the descriptors below `slots` are open. One call asks for all: to list /proc/self/fd takes milliseconds if
    there are thousands. */
std::int64_t openBelow (std::int64_t slots)
{
    rlimit limit {};
    if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
        return 0;
    const auto most = std::min (static_cast<rlim_t> (std::max<std::int64_t> (slots, 0)), limit.rlim_cur);
    std::vector<pollfd> asked (most);
    for (std::size_t i = 0; i < asked.size(); ++i)
        asked[i].fd = static_cast<int> (i);
    if (poll (asked.data(), asked.size(), 0) < 0)
        return 0;
    return std::ranges::count_if (asked, [] (const auto& each) { return (each.revents & POLLNVAL) == 0; });
}
} // namespace

OwnProcess ownProcess()
{
    constexpr std::int64_t kilo = 1024;
    OwnProcess found;
    std::int64_t slots = 0; // of the table of descriptors, which are all below
    std::ifstream status ("/proc/self/status");
    std::string line;
    for (std::string key; status >> key; std::getline (status, line))
        if (key == "VmRSS:" && status >> found.residentBytes)
            found.residentBytes *= kilo;
        else if (key == "Threads:")
            status >> found.threads;
        else if (key == "FDSize:")
            status >> slots;
    status.close(); // not to count it
    found.descriptors = openBelow (slots);
    return found;
}
} // namespace tableread::engine
