// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Audio/WavHeader.h"

using namespace tableread;

TEST_CASE ("A streamed WAV begins with a header that players know", "[source][audio]")
{
    const auto header = wavHeader (SampleType::Int16, 24'000);
    const std::string expected (
        "RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0"
        "data\xff\xff\xff\xff",
        44);
    CHECK (header == expected);
    CHECK (wavHeader (SampleType::Float32, 24'000).substr (20, 16) ==
           std::string ("\x03\0\x01\0\xc0\x5d\0\0\0\x77\x01\0\x04\0\x20\0", 16));
}

TEST_CASE ("A finished WAV tells its sizes, as far as they can be told", "[source][audio]")
{
    const auto sizes = [] (std::size_t bytes) {
        const auto header = wavHeader (SampleType::Int16, 24'000, bytes);
        CHECK (header.substr (8, 32) == wavHeader (SampleType::Int16, 24'000).substr (8, 32));
        return header.substr (4, 4) + header.substr (40);
    };
    using namespace std::string_literals;
    CHECK (sizes (0) == "\x24\0\0\0\0\0\0\0"s);
    CHECK (sizes (0x12345678) == "\x9c\x56\x34\x12\x78\x56\x34\x12");
    CHECK (sizes (0x100000000) == std::string (8, '\xff'));
}
