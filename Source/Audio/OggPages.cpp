// SPDX-License-Identifier: Apache-2.0
#include "Audio/OggPages.h"

#include <algorithm>
#include <numeric>

#include <boost/crc.hpp>

namespace tableread
{
namespace
{
using Checksum = boost::crc_optimal<32, 0x04c11db7>;

constexpr std::size_t numberAt = 14, checksumAt = 22, segmentCountAt = 26, headerSize = 27;

/** The page at the start; 0 if it is not complete. */
std::size_t pageSize (std::span<const char> bytes)
{
    if (bytes.size() < headerSize)
        return 0;
    const auto segments = static_cast<unsigned char> (bytes[segmentCountAt]);
    if (bytes.size() < headerSize + segments)
        return 0;
    const auto sizes = bytes.subspan (headerSize, segments);
    const auto size =
        std::accumulate (sizes.begin(), sizes.end(), headerSize + segments,
                         [] (std::size_t sum, char each) { return sum + static_cast<unsigned char> (each); });
    return size <= bytes.size() ? size : 0;
}

void putLittleEndian (std::span<char> bytes, std::uint32_t value)
{
    for (auto& byte : bytes)
    {
        byte = static_cast<char> (value & 0xffu);
        value >>= 8u;
    }
}
} // namespace

std::size_t renumberOggPages (std::span<char> bytes, std::uint32_t number)
{
    std::size_t done = 0;
    while (const auto size = pageSize (bytes.subspan (done)))
    {
        const auto page = bytes.subspan (done, size);
        const auto checksum = page.subspan (checksumAt, sizeof (std::uint32_t));
        putLittleEndian (page.subspan (numberAt, sizeof (std::uint32_t)), number);
        std::ranges::fill (checksum, '\0'); // as which it counts in itself
        Checksum sum;
        sum.process_bytes (page.data(), page.size());
        putLittleEndian (checksum, sum.checksum());
        done += size;
    }
    return done;
}
} // namespace tableread
