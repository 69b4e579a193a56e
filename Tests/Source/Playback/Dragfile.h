// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Support/WavBytes.h"

namespace tableread::test
{
/** What a file says, read without any library. */
struct Dragfile
{
    explicit Dragfile (const std::filesystem::path& file)
    {
        std::ifstream in (file, std::ios::binary);
        const auto chunks = chunksOf ({ std::istreambuf_iterator<char> (in), {} });
        const auto& bext = chunks.at ("bext");
        const auto& format = chunks.at ("fmt ");
        const auto& data = chunks.at ("data");
        const auto text = [&] (std::size_t at, std::size_t size) {
            return std::string (bext.substr (at, size).c_str());
        };
        REQUIRE (bext.size() >= 602);
        description = text (0, 256);
        originator = text (256, 32);
        date = text (320, 10);
        time = text (330, 8);
        std::memcpy (&timeReference, bext.data() + 338, sizeof timeReference);
        version = static_cast<unsigned char> (bext[346]);
        loudness = bext.substr (412, 10);
        CHECK (format.substr (0, 4) == std::string ("\3\0\1\0", 4)); // floats, one channel
        std::memcpy (&rate, format.data() + 4, sizeof rate);
        samples.resize (data.size() / sizeof (float));
        std::memcpy (samples.data(), data.data(), data.size());
    }

    std::string description, originator, date, time, loudness;
    std::uint64_t timeReference = 0;
    int version = 0;
    std::uint32_t rate = 0;
    std::vector<float> samples;
};
} // namespace tableread::test
