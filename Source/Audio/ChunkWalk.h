// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "Audio/FileBytes.h"

namespace tableread
{
/** How a container writes its chunks. */
struct ChunkForm
{
    std::size_t idBytes = 4, sizeBytes = 4;
    bool isBigEndian = false, sizeCountsHeader = false;
    std::int64_t alignment = 2;

    std::size_t headerBytes() const { return idBytes + sizeBytes; }
};

/** One chunk: its content begins behind its header and may claim to end after the file does. */
struct Chunk
{
    std::string id; // its first four characters: all that is needed to tell chunks apart
    std::int64_t begin = 0, size = 0;
    bool fits = false; // into the file

    std::int64_t end() const { return begin + size; }
};

/** Steps through the chunks of a file, at most mostChunks of them. */
class ChunkWalk
{
public:
    ChunkWalk (FileBytes& bytes, const ChunkForm& chunkForm, std::int64_t from)
        : file (bytes)
        , form (chunkForm)
        , at (from)
    {}

    /** @returns the next chunk; none at the end, where the bytes are not a chunk's header, and after mostChunks. */
    std::optional<Chunk> next();

    /** Where the next chunk is looked for. */
    std::int64_t position() const { return at; }

    /** Looks for the next chunk at `place`, which the last one was found to reach over. */
    void continueAt (std::int64_t place);

    /** The same walk from another place. */
    ChunkWalk from (std::int64_t place) const { return { file, form, place }; }

    static constexpr int mostChunks = 10'000;

private:
    std::optional<Chunk> readAt (std::int64_t place);

    FileBytes& file;
    ChunkForm form;
    std::int64_t at;
    bool isBehindOdd = false; // the last chunk's size is odd
    int count = 0;
};

/** The number in up to eight bytes, and the four bytes of a number. */
std::uint64_t numberIn (std::string_view bytes, bool isBigEndian);
std::string fourBytes (std::uint64_t number, bool isBigEndian);
} // namespace tableread
