// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace tableread::test
{
/** The lowest four bytes of a number, little-endian. */
inline std::string fourBytesOf (std::uint64_t number)
{
    std::string bytes;
    for (int i = 0; i < 4; ++i)
        bytes += (char) (number >> (8 * i) & 0xffU);
    return bytes;
}

/** A chunk of a WAV file, which may lie about its size; nothing fills it up to an even size. */
inline std::string wavChunk (const std::string& id, const std::string& content,
                             std::optional<std::uint32_t> claimed = std::nullopt)
{
    return id + fourBytesOf (claimed.value_or ((std::uint32_t) content.size())) + content;
}

/** "RIFF" and "WAVE" around these chunks. */
inline std::string wavOf (const std::string& chunks, std::optional<std::uint32_t> claimed = std::nullopt)
{
    return wavChunk ("RIFF", "WAVE" + chunks, claimed);
}

/** A fmt chunk: 16 bits, mono, 24 kHz. */
inline std::string plainFormat()
{
    return wavChunk ("fmt ", std::string ("\1\0\1\0", 4) + fourBytesOf (24'000) + fourBytesOf (48'000) +
                                 std::string ("\2\0\20\0", 4));
}

/** The chunks of a whole WAV, by their ids. */
inline std::map<std::string, std::string> chunksOf (const std::string& wav)
{
    std::map<std::string, std::string> chunks;
    const auto numberAt = [&] (std::size_t at) {
        std::uint32_t number = 0;
        for (std::size_t i = 0; i < 4 && at + i < wav.size(); ++i)
            number |= (std::uint32_t) (unsigned char) wav[at + i] << (8 * i);
        return number;
    };
    for (std::size_t at = 12; at + 8 <= wav.size(); at += 8 + numberAt (at + 4) + numberAt (at + 4) % 2)
        chunks[wav.substr (at, 4)] = wav.substr (at + 8, numberAt (at + 4));
    return chunks;
}

inline void writeBytes (const std::filesystem::path& file, const std::string& bytes)
{
    std::ofstream (file, std::ios::binary) << bytes;
}
} // namespace tableread::test
