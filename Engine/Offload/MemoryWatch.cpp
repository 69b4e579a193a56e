// SPDX-License-Identifier: Apache-2.0
#include "Offload/MemoryWatch.h"

#include <cstdlib>

#include <fmt/format.h>

#include "Offload/OutOfMemory.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t mebibyte = 1 << 20;
constexpr std::int64_t growthWorthSaying = mebibyte;
constexpr std::int64_t shrinkingWorthSaying = 64 * mebibyte; // ignores smaller changes by other programs
constexpr double fullShare = 0.95;

double mebibytes (std::int64_t bytes)
{
    return (double) bytes / (double) mebibyte;
}
} // namespace

MemoryWatch::MemoryWatch (Device& of, const OffloadConfig& holding, const CacheTrim& trims)
    : device (of)
    , config (holding)
    , trim (trims)
{
    samples.reserve (trendSamples + 1);
    samples.push_back ({ device.nowMs(), 0, device.memory() });
    stableSince = samples.back();
}

std::vector<std::string> MemoryWatch::frameMade()
{
    std::vector<std::string> sentences;
    ++frames;
    const auto now = device.nowMs();
    if (now - samples.back().atMs < betweenSamplesMs)
        return sentences;
    samples.push_back ({ now, frames, device.memory() });
    if (samples.size() > trendSamples)
        samples.erase (samples.begin());

    const auto& memory = samples.back().memory;
    const auto framesSeen = frames - samples.front().frames;
    const auto grown = moved (&DeviceMemory::allocated, Trend::Growing);
    const auto reserved = moved (&DeviceMemory::reserved, Trend::Growing);
    const auto lost = moved (&DeviceMemory::free, Trend::Shrinking);
    say (grown >= growthWorthSaying, saidGrowth,
         fmt::format ("{}: memory in use grows from frame to frame, {:.0f} MiB in the last {} frames. It "
                      "should not: if "
                      "it goes on, render shorter passages and report it with the output of profile.",
                      device.name(), mebibytes (grown), framesSeen),
         sentences);
    say (reserved >= growthWorthSaying && grown == 0, saidFragments,
         fmt::format (
             "{}: memory is fragmenting: {:.0f} MiB more are reserved than {} frames ago though no more "
             "are in use. {}",
             device.name(), mebibytes (reserved), framesSeen, fewerFragments (config)),
         sentences);
    say (lost >= shrinkingWorthSaying && reserved == 0, saidShrinking,
         fmt::format (
             "{}: another program takes memory, {:.0f} MiB in the last {:.0f} s; {:.0f} MiB are left. Close "
             "it, or start again with less: {}",
             device.name(), mebibytes (lost), (now - samples.front().atMs) / 1000.0, mebibytes (memory.free),
             nextStepOfLadder (config)),
         sentences);
    say ((double) memory.used() > fullShare * (double) memory.total, saidFull,
         fmt::format ("{}: {:.0f} % of the memory is used, {:.0f} MiB are left. {}", device.name(),
                      100.0 * (double) memory.used() / (double) memory.total, mebibytes (memory.free),
                      nextStepOfLadder (config)),
         sentences);

    const auto isSame = [&] (std::int64_t DeviceMemory::*value) {
        return memory.*value == stableSince.memory.*value;
    };
    if (! isSame (&DeviceMemory::allocated) || memory.reserved > stableSince.memory.reserved)
    {
        stableSince = samples.back();
        trimsWhenStable = trim.counters().done;
    }
    const auto hint = stepWhenStable (config);
    if (! hint.empty() && trim.counters().done > trimsWhenStable)
        say (frames - stableSince.frames >= stableFrames, saidStable, device.name() + ": " + hint, sentences);
    return sentences;
}

std::int64_t MemoryWatch::moved (std::int64_t DeviceMemory::*value, Trend trend) const
{
    if (samples.size() < trendSamples)
        return 0;
    for (std::size_t i = 1; i < samples.size(); ++i)
    {
        const auto step = samples[i].memory.*value - samples[i - 1].memory.*value;
        if (trend == Trend::Growing ? step <= 0 : step >= 0)
            return 0;
    }
    return std::abs (samples.back().memory.*value - samples.front().memory.*value);
}

void MemoryWatch::say (bool holds, bool& wasSaid, const std::string& sentence, std::vector<std::string>& to)
{
    if (holds && ! wasSaid)
        to.push_back (sentence);
    wasSaid = holds;
}
} // namespace tableread::engine
