// SPDX-License-Identifier: Apache-2.0
#include "Audio/Chunks.h"

#include <algorithm>
#include <array>
#include <optional>

#include "Audio/ChunkWalk.h"

namespace tableread
{
namespace
{
using Found = tl::expected<AudibleBytes, std::string>;

std::string tooLong (const FileBytes& file, const Chunk& chunk)
{
    return "its " + chunk.id + " chunk says " + std::to_string (chunk.size) + " bytes, " +
           std::to_string (file.size() - chunk.begin) + " are left";
}

/** Behind the ID3 tags that some programs put in front of any format. */
std::int64_t behindTags (FileBytes& file)
{
    constexpr int mostTags = 16;
    std::int64_t at = 0;
    for (int tag = 0; tag < mostTags; ++tag)
    {
        const auto head = file.text (at, 10);
        if (head.size() < 10 || ! head.starts_with ("ID3"))
            break;
        std::int64_t size = 0; // seven bits in each byte
        for (std::size_t i = 6; i < 10; ++i)
            size = size << 7 | ((unsigned char) head[i] & 0x7f);
        at += 10 + size;
    }
    return at;
}

/** Whether only whole chunks follow: then a chunk of samples without a size is an empty one. */
bool isChunksToTheEnd (ChunkWalk walk, std::int64_t end)
{
    while (const auto chunk = walk.next())
        if (! chunk->fits || walk.position() >= end)
            return chunk->fits;
    return false;
}

/** Where the chunk behind a list begins if the list's size wrongly reaches over it. */
std::optional<std::int64_t> chunkInside (const ChunkWalk& walk, const Chunk& list)
{
    auto entries = walk.from (list.begin + 4);
    for (auto at = entries.position(); at < list.end(); at = entries.position())
    {
        const auto entry = entries.next();
        if (! entry || ! entry->fits)
            break;
        if (entry->id == "data" || entry->id == "fmt ")
            return at;
    }
    return std::nullopt;
}

class WavFinder
{
public:
    WavFinder (FileBytes& bytes, std::int64_t start)
        : file (bytes)
        , magic (bytes.text (start, 4))
        , isBigEndian (magic == "RIFX")
        , walk (bytes, { .isBigEndian = isBigEndian }, start + 12)
    {}

    Found find()
    {
        while (const auto chunk = walk.next())
        {
            if (chunk->id == "data" && ! format.empty())
            {
                takeSamples (*chunk);
                if (samples->neverClosed || ! chunk->fits)
                    break;
            }
            else if (const auto inside = chunk->id == "LIST" ? chunkInside (walk, *chunk) : std::nullopt)
                walk.continueAt (*inside);
            else if (! chunk->fits && ! samples)
                return tl::unexpected (tooLong (file, *chunk));
            else if (! chunk->fits)
                break;
            else if (chunk->id == "fmt " && format.empty())
                format = file.text (chunk->begin, (std::size_t) std::min<std::int64_t> (chunk->size, 1024));
            else if (chunk->id == "ds64")
                longSize = (std::int64_t) std::min<std::uint64_t> (
                    numberIn (file.text (chunk->begin + 8, 8), false), most * 2);
        }
        if (! samples)
            return tl::unexpected (
                std::string (format.empty() ? "it has no fmt chunk" : "it has no data chunk"));
        return *samples;
    }

private:
    static constexpr std::int64_t most = 0xffff'ff00, // bytes of samples that a header of 32 bits can state
        streamed = 0x7fff'f000; // programs that cannot know the size write one from here on

    void takeSamples (const Chunk& data)
    {
        const auto left = file.size() - data.begin;
        const auto claimed = data.size == 0xffff'ffff && longSize ? *longSize : data.size;
        AudibleBytes found { {}, data.begin, std::min (claimed, left), false, 0 };
        if (claimed == 0 && left > 0 && ! isChunksToTheEnd (walk.from (data.begin), file.size()))
        {
            found.neverClosed = true;
            found.size = left;
        }
        if (claimed > left && claimed < streamed)
            found.missingFraction = (double) (claimed - left) / (double) claimed;
        found.size = std::min (found.size, most);
        const auto evenFormat = format + std::string (format.size() % 2, '\0');
        found.header = (isBigEndian ? "RIFX" : "RIFF") +
                       number (4 + 8 + (std::int64_t) evenFormat.size() + 8 + found.size) + "WAVEfmt " +
                       number ((std::int64_t) format.size()) + evenFormat + "data" + number (found.size);
        found.size = std::min (found.size + found.size % 2, left); // with the byte that fills up an odd chunk
        samples = std::move (found);
    }

    std::string number (std::int64_t value) const { return fourBytes ((std::uint64_t) value, isBigEndian); }

    FileBytes& file;
    std::string magic;
    bool isBigEndian;
    ChunkWalk walk;
    std::string format;                   // content of the first fmt chunk
    std::optional<std::int64_t> longSize; // of the samples, as RF64 writes it
    std::optional<AudibleBytes> samples;
};

/** A container that is left to libsndfile once its chunks are found to be good. */
struct ChunkedContainer
{
    std::string_view magic, samplesId;
    ChunkForm form;
    std::int64_t firstChunk;
};

const std::array containers {
    ChunkedContainer { "FORM", "SSND", { .isBigEndian = true }, 12 },
    ChunkedContainer { "caff", "data", { .sizeBytes = 8, .isBigEndian = true, .alignment = 1 }, 8 },
    ChunkedContainer {
        "riff", "data", { .idBytes = 16, .sizeBytes = 8, .sizeCountsHeader = true, .alignment = 8 }, 40 },
};

Found findInContainer (FileBytes& file, const ChunkedContainer& container, std::int64_t start)
{
    bool hasSamples = false;
    ChunkWalk walk (file, container.form, start + container.firstChunk);
    for (auto at = walk.position(); const auto chunk = walk.next(); at = walk.position())
    {
        const bool isSamples = chunk->id == container.samplesId || chunk->id == "BODY";
        hasSamples = hasSamples || isSamples;
        if (chunk->fits)
            continue;
        if (! hasSamples)
            return tl::unexpected (tooLong (file, *chunk));
        if (! isSamples)
            return AudibleBytes { {}, start, at - start, false, 0 };
        break; // the samples are cut off: what is there is used
    }
    return AudibleBytes { {}, start, file.size() - start, false, 0 };
}
} // namespace

Found findAudibleBytes (FileBytes& file)
{
    const auto start = behindTags (file);
    const auto head = file.text (start, 12);
    const auto magic = head.substr (0, 4);
    if (head.size() == 12 && head.ends_with ("WAVE") &&
        (magic == "RIFF" || magic == "RIFX" || magic == "RF64"))
        return WavFinder (file, start).find();
    for (const auto& container : containers)
        if (magic == container.magic)
            return findInContainer (file, container, start);
    return AudibleBytes { {}, 0, file.size(), false, 0 };
}
} // namespace tableread
