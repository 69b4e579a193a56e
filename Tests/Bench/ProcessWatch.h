// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <nlohmann/json_fwd.hpp>

namespace tableread::test
{
/** What a process holds. */
struct ProcessSample
{
    std::int64_t residentBytes = 0, threads = 0, descriptors = 0;
};

/** Empty if there is no such process, or it is another user's. */
std::optional<ProcessSample> sampleProcess (int pid);

/** A process before a load, under it and after it. */
struct ProcessFigures
{
    ProcessSample before, most, after;
    bool isGone = false; // it ended
};

nlohmann::json toJson (const ProcessFigures& figures);

/** Samples a process now and then. */
class ProcessWatch
{
public:
    /** Takes the sample before. @throws Exception if the process cannot be sampled. */
    explicit ProcessWatch (int processId);

    void sample();

    /** Takes the sample after, as soon as the process has no more threads, descriptors and memory than before, but after two
        seconds at the latest: what belonged to the last clients may take a moment to go. */
    ProcessFigures settled();

private:
    std::optional<ProcessSample> take();

    int pid;
    ProcessFigures figures;
};
} // namespace tableread::test
