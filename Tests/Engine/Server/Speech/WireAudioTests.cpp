// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include <catch2/catch.hpp>

#include "Server/Speech/WireAudio.h"

using namespace tableread;
using namespace tableread::engine;
using protocol::SampleFormat;

TEST_CASE ("Samples go over the wire rounded and clamped, or as they are", "[engine][server][wire]")
{
    const std::vector<float> samples { 0.0f, 1.0f, -1.0f, 1.5f, -7.0f, 0.5f, 1e-5f, std::nanf ("") };
    std::string bytes;
    appendSamples (bytes, samples, SampleFormat::Int16);
    REQUIRE (bytes.size() == 2 * samples.size());
    std::vector<std::int16_t> integers (samples.size());
    std::memcpy (integers.data(), bytes.data(), bytes.size());
    CHECK (integers == std::vector<std::int16_t> { 0, 32767, -32767, 32767, -32767, 16384, 0, 0 });

    bytes.clear();
    appendSamples (bytes, samples, SampleFormat::Float32);
    REQUIRE (bytes.size() == 4 * samples.size());
    CHECK (std::memcmp (bytes.data(), samples.data(), bytes.size()) == 0);
}
