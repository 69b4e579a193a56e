// SPDX-License-Identifier: Apache-2.0
#include "Measure/Sweep.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "Core/Error.h"
#include "Measure/Machine.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
SweepPoint pointOf (std::int64_t gpuLayers, double frameMs)
{
    SweepPoint point;
    point.config = { .layers = 28, .gpuLayers = gpuLayers, .settings = {}, .chosenBy = {} };
    point.frames = 40;
    point.frameMs = { frameMs, frameMs - 1, frameMs + 2 };
    point.bytesAFrame = 9'000'000'000;
    point.linkBytesPerSecond = 50e9;
    point.device.transfers = 800;
    return point;
}
} // namespace

TEST_CASE ("A sweep's axes are read from lists, and anything else is refused in a sentence",
           "[engine][measure]")
{
    SweepAxes axes;
    CHECK (axes.empty());
    axes.add ("gpu-layers=0,8,28");
    axes.add ("interval=50");
    axes.add ("batch=1,16");
    CHECK (axes.gpuLayers == std::vector<std::int64_t> { 0, 8, 28 });
    CHECK (axes.intervals == std::vector<std::int64_t> { 50 });
    CHECK (axes.batches == std::vector<std::int64_t> { 1, 16 });
    for (const auto* wrong : { "layers=1", "batch", "batch=", "batch=1,,2", "batch=-1", "batch=two", "=3" })
    {
        CAPTURE (wrong);
        const auto error = failureOf ([&axes, wrong] { axes.add (wrong); });
        CHECK (error.code == ErrorCode::InvalidInput);
        CHECK (error.message.find (wrong) != std::string::npos);
    }
}

TEST_CASE ("A sweep's floor is its bytes over the link that was measured with it", "[engine][measure]")
{
    CHECK (linkFloorMs (pointOf (8, 190)) == Approx (180.0));
    auto unmeasured = pointOf (8, 190);
    unmeasured.linkBytesPerSecond = 0;
    CHECK (linkFloorMs (unmeasured) == 0.0);
    CHECK (describeSweep ({ pointOf (8, 190) }).find ("1.056") != std::string::npos); // 190 / 180
}

TEST_CASE ("A sweep says how long a voice and the first sound took", "[engine][measure]")
{
    auto point = pointOf (28, 4);
    point.voiceMs = 24.4;
    point.firstAudioMs = 13.6;
    CHECK (describeSweep ({ point }).find ("24 + 14 ms") != std::string::npos);
}

TEST_CASE ("A measurement names what computed: the GPU if there is one, else the processor",
           "[engine][measure]")
{
    DeviceReport device;
    CHECK (nameOf (device) == processorName());
    device.name = "GPU";
    device.driver = "CUDA 13.0";
    CHECK (nameOf (device) == "GPU, CUDA 13.0");
}

TEST_CASE ("A sweep's table has as many fields in each line as in its header", "[engine][measure]")
{
    const auto csv = sweepCsv ({ pointOf (8, 190), pointOf (28, 14) });
    std::vector<std::ptrdiff_t> commas;
    for (std::size_t at = 0; at < csv.size();)
    {
        const auto end = csv.find ('\n', at);
        commas.push_back (
            std::count (csv.begin() + (std::ptrdiff_t) at, csv.begin() + (std::ptrdiff_t) end, ','));
        at = end + 1;
    }
    CHECK (commas == std::vector<std::ptrdiff_t> (3, commas.front()));
    CHECK (csv.find ("\n28,as computed,1,50,useful,1,40,14.0000,13.0000,16.0000,") != std::string::npos);
}

TEST_CASE ("A sweep's plot has a dot for each point, higher where it is slower", "[engine][measure]")
{
    const auto svg = sweepSvg ({ pointOf (28, 14), pointOf (0, 240) });
    CHECK (svg.find ("<text x=\"60.0\" y=\"388\" text-anchor=\"middle\">0</text>") != std::string::npos);
    CHECK (svg.find ("<text x=\"540.0\" y=\"388\" text-anchor=\"middle\">28</text>") != std::string::npos);
    CHECK (svg.find ("<circle cx=\"60.0\" cy=\"20.0\"") != std::string::npos);   // 240 ms at the top left
    CHECK (svg.find ("<circle cx=\"540.0\" cy=\"349.6\"") != std::string::npos); // 14 ms at the bottom right
    CHECK (svg.ends_with ("</svg>\n"));
}
