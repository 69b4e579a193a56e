// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
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

inline void writeBytes (const std::filesystem::path& file, const std::string& bytes)
{
    std::ofstream (file, std::ios::binary) << bytes;
}
} // namespace tableread::test
