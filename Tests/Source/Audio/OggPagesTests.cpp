// SPDX-License-Identifier: Apache-2.0
#include "Audio/OggPages.h"

#include <string>

#include <catch2/catch.hpp>

using namespace tableread;
using namespace std::string_literals;

namespace
{
/** RFC 3533: 27 bytes, the segments' sizes, the segments. */
std::string page (const std::string& sizes, const std::string& body)
{
    return "OggS\0\x02\0\0\0\0\0\0\0\0abcd\0\0\0\0efgh"s + (char) sizes.size() + sizes + body;
}

/** The checksum as RFC 3533 describes it, a bit at a time. */
std::uint32_t checksum (const std::string& bytes)
{
    std::uint32_t sum = 0;
    for (const auto byte : bytes)
    {
        sum ^= (std::uint32_t) (unsigned char) byte << 24u;
        for (int bit = 0; bit < 8; ++bit)
            sum = sum << 1u ^ ((sum & 0x80000000u) != 0 ? 0x04c11db7u : 0u);
    }
    return sum;
}
} // namespace

TEST_CASE ("Ogg's pages get another number and their checksum", "[source][audio][encoder]")
{
    const auto one = page ("\x05\x02", "audio!!"), empty = page ("", ""),
               large = page ("\xff\xff\x01", std::string (511, 'x'));
    auto bytes = one + empty + large;
    CHECK (renumberOggPages (bytes, 0x04030201) == bytes.size());
    std::size_t at = 0;
    for (const auto* before : { &one, &empty, &large })
    {
        auto after = bytes.substr (at, before->size());
        auto expected = *before;
        expected.replace (14, 4, "\x01\x02\x03\x04").replace (22, 4, "\0\0\0\0"s);
        const auto sum = checksum (expected);
        for (unsigned i = 0; i < 4; ++i)
            expected[22 + i] = (char) (sum >> 8 * i);
        CHECK (after == expected);
        at += before->size();
    }
}

TEST_CASE ("A page that is not complete waits", "[source][audio][encoder]")
{
    const auto one = page ("\x05\x02", "audio!!");
    for (std::size_t size = 0; size < one.size(); ++size)
    {
        auto bytes = one.substr (0, size);
        CHECK (renumberOggPages (bytes, 7) == 0);
        CHECK (bytes == one.substr (0, size));
        auto after = one + bytes;
        CHECK (renumberOggPages (after, 7) == one.size());
        CHECK (after.substr (one.size()) == bytes);
    }
}
