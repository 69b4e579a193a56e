// SPDX-License-Identifier: Apache-2.0
#include "Bench/ProcessWatch.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Core/Error.h"

namespace tableread::test
{
namespace
{
nlohmann::json toJson (const ProcessSample& sample)
{
    return { { "resident_bytes", sample.residentBytes },
             { "threads", sample.threads },
             { "descriptors", sample.descriptors } };
}
} // namespace

std::optional<ProcessSample> sampleProcess (int pid)
{
    const std::filesystem::path folder = fmt::format ("/proc/{}", pid);
    ProcessSample sample;
    std::ifstream status (folder / "status");
    for (std::string key; status >> key; std::getline (status, key))
        if (key == "VmRSS:" && status >> sample.residentBytes)
            sample.residentBytes *= 1024; // "123456 kB"
        else if (key == "Threads:")
            status >> sample.threads;
    std::error_code error;
    for (std::filesystem::directory_iterator at (folder / "fd", error), end; ! error && at != end;
         at.increment (error))
        ++sample.descriptors;
    if (error || sample.threads == 0 ||
        sample.residentBytes == 0) // one that has ended, but is still listed, has no memory
        return std::nullopt;
    return sample;
}

nlohmann::json toJson (const ProcessFigures& figures)
{
    return { { "before", toJson (figures.before) },
             { "most", toJson (figures.most) },
             { "after", toJson (figures.after) },
             { "gone", figures.isGone } };
}

ProcessWatch::ProcessWatch (int processId) : pid (processId)
{
    const auto now = sampleProcess (pid);
    if (! now)
        fail (ErrorCode::NotFound, "there is no process of this number, or it is another user's",
              fmt::format ("--pid {}", pid));
    figures.before = figures.most = *now;
}

void ProcessWatch::sample()
{
    (void) take();
}

ProcessFigures ProcessWatch::settled()
{
    constexpr std::chrono::milliseconds limit { 2'000 }, pause { 50 };
    const auto& before = figures.before;
    for (auto waited = pause; auto now = take(); waited += pause)
    {
        figures.after = *now;
        const bool isAsBefore = now->threads <= before.threads && now->descriptors <= before.descriptors &&
                                now->residentBytes <= before.residentBytes;
        if (isAsBefore || waited > limit)
            break;
        std::this_thread::sleep_for (pause);
    }
    return figures;
}

std::optional<ProcessSample> ProcessWatch::take()
{
    const auto now = sampleProcess (pid);
    figures.isGone = ! now;
    if (now)
        figures.most = { std::max (figures.most.residentBytes, now->residentBytes),
                         std::max (figures.most.threads, now->threads),
                         std::max (figures.most.descriptors, now->descriptors) };
    return now;
}
} // namespace tableread::test
