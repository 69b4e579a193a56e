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

TEST_CASE ("A streamed WAV begins with a header that players know", "[engine][server][wire]")
{
    const auto header = wavHeader (SampleFormat::Int16, 24'000);
    const std::string expected (
        "RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0"
        "data\xff\xff\xff\xff",
        44);
    CHECK (header == expected);
    CHECK (wavHeader (SampleFormat::Float32, 24'000).substr (20, 16) ==
           std::string ("\x03\0\x01\0\xc0\x5d\0\0\0\x77\x01\0\x04\0\x20\0", 16));
}

TEST_CASE ("A finished WAV tells its sizes, as far as they can be told", "[engine][server][wire]")
{
    const auto sizes = [] (std::size_t bytes) {
        const auto header = wavHeader (SampleFormat::Int16, 24'000, bytes);
        CHECK (header.substr (8, 32) == wavHeader (SampleFormat::Int16, 24'000).substr (8, 32));
        return header.substr (4, 4) + header.substr (40);
    };
    using namespace std::string_literals;
    CHECK (sizes (0) == "\x24\0\0\0\0\0\0\0"s);
    CHECK (sizes (0x12345678) == "\x9c\x56\x34\x12\x78\x56\x34\x12");
    CHECK (sizes (0x100000000) == std::string (8, '\xff'));
}
