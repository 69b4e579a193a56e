// SPDX-License-Identifier: Apache-2.0
#include "Audio/ChunkWalk.h"

#include <algorithm>
#include <limits>

namespace tableread
{
std::uint64_t numberIn (std::string_view bytes, bool isBigEndian)
{
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        number = number << 8U | (unsigned char) bytes[isBigEndian ? i : bytes.size() - 1 - i];
    return number;
}

std::string fourBytes (std::uint64_t number, bool isBigEndian)
{
    std::string bytes (4, '\0');
    for (std::size_t i = 0; i < 4; ++i)
        bytes[isBigEndian ? 3 - i : i] = (char) (number >> (8 * i) & 0xffU);
    return bytes;
}

std::optional<Chunk> ChunkWalk::readAt (std::int64_t place)
{
    const auto header = file.text (place, form.headerBytes());
    const auto isPrintable = [] (char c) { return c >= 0x20 && c < 0x7f; };
    if (header.size() < form.headerBytes() || ! std::all_of (header.begin(), header.begin() + 4, isPrintable))
        return std::nullopt;

    const auto written = numberIn (std::string_view (header).substr (form.idBytes), form.isBigEndian);
    const auto own = form.sizeCountsHeader ? form.headerBytes() : 0;
    Chunk chunk { header.substr (0, 4), place + (std::int64_t) form.headerBytes(), 0, false };
    const auto left = (std::uint64_t) std::max<std::int64_t> (0, file.size() - chunk.begin);
    chunk.fits = written >= own && written - own <= left;
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max() / 2;
    chunk.size = (std::int64_t) std::min (written >= own ? written - own : most, most);
    return chunk;
}

std::optional<Chunk> ChunkWalk::next()
{
    if (++count > mostChunks)
        return std::nullopt;
    auto chunk = readAt (at);
    if (! chunk && isBehindOdd)
        chunk = readAt (at - 1); // some programs leave out the byte that fills up an odd chunk
    if (! chunk)
        return std::nullopt;
    const auto over = chunk->size % form.alignment;
    isBehindOdd = over == 1 && form.alignment == 2;
    at = chunk->end() + (over == 0 ? 0 : form.alignment - over);
    return chunk;
}

void ChunkWalk::continueAt (std::int64_t place)
{
    at = place;
    isBehindOdd = false;
}
} // namespace tableread
