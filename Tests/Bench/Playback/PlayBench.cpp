// SPDX-License-Identifier: Apache-2.0
// What playing costs: the thread's CPU time for blocks of a plan, with all lines there and all of its speakers at once.
#include <cmath>
#include <cstdint>
#include <ctime>
#include <exception>
#include <iostream>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "Bench/Percentiles.h"
#include "Timeline/PlanExchange.h"
#include "Timeline/PlanReader.h"
#include "Timeline/Timeline.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
constexpr double mostOfBlock = 0.02; // of its time, by one instance, 99 times in a hundred
constexpr double mostOfCore = 0.15;  // by all instances together

struct BenchSettings
{
    std::size_t lines = 500, speakers = 8, instances = 8, blocks = 100'000;
    int rate = 48'000, block = 64;
    bool hasLimits = false;
};

double threadMicroseconds()
{
    timespec now {};
    ::clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

std::shared_ptr<HostAudio> tone (double hertz, double seconds, int rate)
{
    const auto take = std::make_shared<Take>();
    std::vector<float> speech ((std::size_t) (seconds * (double) modelSampleRateHz));
    for (std::size_t i = 0; i < speech.size(); ++i)
        speech[i] = (float) (0.1 * std::sin (6.283185307 * hertz * (double) i / (double) modelSampleRateHz));
    take->append (speech);
    take->finish();
    auto audio = HostAudio::create (take, rate).value();
    audio->pump();
    return audio;
}

/** Each speaker's lines follow each other, all speakers at once, each with a gain and a bus. */
Timeline crowdedTimeline (const BenchSettings& settings)
{
    Timeline timeline;
    for (std::size_t speaker = 0; speaker < settings.speakers; ++speaker)
    {
        timeline.lanes.push_back ({ .bus = (int) (speaker % BusBlock::mostBuses) + 1, .gainDb = -1.5 });
        for (auto line = speaker; line < settings.lines; line += settings.speakers)
        {
            TimelineItem item { .line = line + 1 };
            item.audio = tone (100.0 + (double) line, 0.7 + 0.1 * (double) (line % 5), settings.rate);
            item.lane = speaker;
            if (line == speaker)
                item.anchorSeconds = 0.01 * (double) speaker;
            timeline.items.push_back (std::move (item));
        }
    }
    return timeline;
}

/** One plugin's playback. */
struct Player
{
    PlanExchange exchange;
    PlanReader reader;
    HoleLog log;
    std::int64_t position = 0;
    std::size_t missing = 0;
    std::vector<std::vector<float>> buffers;

    void readBlock (std::int64_t end, int size)
    {
        BusBlock block { buffers[0] };
        for (std::size_t bus = 0; bus < BusBlock::mostBuses; ++bus)
            block.buses[bus] = buffers[bus + 1].data();
        missing += reader.read (exchange.current(), { position }, block, &log);
        position = position + size < end ? position + size : 0;
    }
};

/** Microseconds of the blocks that all players read one after the other. */
std::vector<double> measure (const PlaybackPlan& plan, const BenchSettings& settings, std::size_t instances)
{
    std::vector<std::unique_ptr<Player>> players;
    for (std::size_t i = 0; i < instances; ++i)
    {
        auto& player = *players.emplace_back (std::make_unique<Player>());
        player.buffers.assign (1 + BusBlock::mostBuses, std::vector<float> ((std::size_t) settings.block));
        player.position = plan.end().value * (std::int64_t) i / (std::int64_t) instances;
        player.exchange.publish (plan);
    }
    std::vector<double> times;
    times.reserve (settings.blocks);
    for (std::size_t i = 0; i < settings.blocks; ++i)
    {
        const auto begin = threadMicroseconds();
        for (auto& player : players)
            player->readBlock (plan.end().value, settings.block);
        times.push_back (threadMicroseconds() - begin);
    }
    for (const auto& player : players)
        if (player->missing > 0)
            std::cerr << "Some speech was missing: the figures are of something else.\n";
    return times;
}

/** Prints the times. @returns whether the 99th percentile is within the limit. */
bool report (const BenchSettings& settings, std::size_t instances, double limit)
{
    const auto plan = arrange (crowdedTimeline (settings), { .hostRateHz = (double) settings.rate }).plan;
    const auto times = percentilesOf (measure (plan, settings, instances));
    const auto blockTime = 1e6 * settings.block / settings.rate;
    std::cout << fmt::format (
        "{} instance{}, {} lines, {} speakers, blocks of {} at {} Hz ({:.0f} us): CPU time median "
        "{:.2f} us, p99 {:.2f} us = {:.2f} % of a block (limit {:.0f} %), most {:.1f} us\n",
        instances, instances == 1 ? "" : "s", settings.lines, settings.speakers, settings.block,
        settings.rate, blockTime, times.p50, times.p99, 100.0 * times.p99 / blockTime, 100.0 * limit,
        times.most);
    return times.p99 <= limit * blockTime;
}

int run (const BenchSettings& settings)
{
    bool isGood = report (settings, 1, mostOfBlock);
    isGood = report (settings, settings.instances, mostOfCore) && isGood;
    auto few = settings; // for comparison: the same speakers with as few lines as possible
    few.lines = settings.speakers;
    report (few, 1, mostOfBlock);
    return isGood || ! settings.hasLimits ? 0 : 1;
}
} // namespace

int main (int argc, char** argv)
try
{
    BenchSettings settings;
    CLI::App app ("What playing a plan costs the audio thread", "tableread-play-bench");
    app.add_option ("--lines", settings.lines, "Lines of the plan")
        ->check (CLI::Range (1, 20'000))
        ->capture_default_str();
    app.add_option ("--speakers", settings.speakers, "Speakers, who all speak at once")
        ->check (CLI::Range (1, 64))
        ->capture_default_str();
    app.add_option ("--instances", settings.instances, "Plugins that one thread plays")
        ->check (CLI::Range (1, 64))
        ->capture_default_str();
    app.add_option ("--blocks", settings.blocks, "Blocks to measure")
        ->check (CLI::Range (100, 10'000'000))
        ->capture_default_str();
    app.add_option ("--rate", settings.rate, "The host's samples per second")
        ->check (CLI::Range (1000, 384'000))
        ->capture_default_str();
    app.add_option ("--block", settings.block, "Samples of a block")
        ->check (CLI::Range (1, 8192))
        ->capture_default_str();
    app.add_flag ("--limits", settings.hasLimits, "Fail where a limit is exceeded");
    CLI11_PARSE (app, argc, argv);
    return run (settings);
}
catch (const std::exception& problem)
{
    std::cerr << "tableread-play-bench: " << problem.what() << '\n';
    return 2;
}
