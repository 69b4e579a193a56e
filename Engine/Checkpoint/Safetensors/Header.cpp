// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/Header.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "Checkpoint/Safetensors/HeaderReader.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::uint64_t lengthBytes = 8;

/** Bytes of a tensor; empty if the number exceeds 64 bits. */
std::optional<std::uint64_t> bytesOf (const SafetensorsEntry& entry)
{
    auto bytes = static_cast<std::uint64_t> (bytesPerElement (entry.dtype));
    for (const auto extent : entry.shape)
        if (__builtin_mul_overflow (bytes, static_cast<std::uint64_t> (extent), &bytes))
            return std::nullopt;
    return bytes;
}

void checkEntry (const SafetensorsEntry& entry, std::uint64_t dataBytes, const std::string& where)
{
    const auto subject = "tensor " + inQuotes (entry.name);
    if (entry.begin > entry.end)
        fail (ErrorCode::InvalidInput,
              subject + " ends at byte " + std::to_string (entry.end) + " of the data, before its begin at " +
                  std::to_string (entry.begin) + ". Fetch the file again.",
              where);
    if (entry.end > dataBytes)
        fail (ErrorCode::InvalidInput,
              subject + " ends at byte " + std::to_string (entry.end) +
                  " of the data, of which the file has " + std::to_string (dataBytes) +
                  ": it is truncated or damaged. Fetch it again.",
              where);
    if (entry.dtype == DType::Other)
        return;
    const auto wanted = bytesOf (entry);
    if (! wanted)
        fail (ErrorCode::InvalidInput,
              subject + " has a shape of more bytes than can be counted. Fetch the file again.", where);
    if (*wanted != entry.end - entry.begin)
        fail (ErrorCode::InvalidInput,
              subject + " has " + std::to_string (entry.end - entry.begin) + " bytes, its shape and type " +
                  std::string (nameOf (entry.dtype)) + " need " + std::to_string (*wanted) +
                  ". Fetch the file again.",
              where);
}

/** Checks that each byte of the data belongs to exactly one tensor. */
void checkTiling (const std::vector<SafetensorsEntry>& entries, std::uint64_t dataBytes,
                  const std::string& where)
{
    std::uint64_t at = 0;
    std::string before = "the start of the data";
    for (const auto& entry : entries)
    {
        if (entry.begin != at)
            fail (ErrorCode::InvalidInput,
                  "tensor " + inQuotes (entry.name) +
                      (entry.begin < at ? " overlaps " : " leaves a gap after ") + before + " (byte " +
                      std::to_string (entry.begin) + ", expected " + std::to_string (at) +
                      "). Fetch the file again.",
                  where);
        at = entry.end;
        before = inQuotes (entry.name);
    }
    if (at != dataBytes)
        fail (ErrorCode::InvalidInput,
              "has " + std::to_string (dataBytes - at) +
                  " bytes after its last tensor that belong to no tensor. " + "Fetch the file again.",
              where);
}
} // namespace

SafetensorsHeader SafetensorsHeader::parse (std::span<const std::byte> file, const std::string& where)
{
    if (file.size() < lengthBytes)
        fail (ErrorCode::InvalidInput,
              "is " + std::to_string (file.size()) +
                  " bytes long, too short for a safetensors file. Fetch it again.",
              where);
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i)
        length |= std::to_integer<std::uint64_t> (file[i]) << (8 * i);
    const auto available = file.size() - lengthBytes;
    if (length > maxBytes)
        fail (ErrorCode::InvalidInput,
              "claims a header of " + std::to_string (length) + " bytes, at most " +
                  std::to_string (maxBytes) +
                  " are allowed. Is this a safetensors file? A Git LFS pointer or a web page is not.",
              where);
    if (length > available)
        fail (ErrorCode::InvalidInput,
              "claims a header of " + std::to_string (length) + " bytes, but only " +
                  std::to_string (available) + " follow: it is truncated. Fetch it again.",
              where);

    const std::string_view text (reinterpret_cast<const char*> (file.data()) + lengthBytes,
                                 static_cast<std::size_t> (length));
    if (text.empty() || text.front() != '{')
        fail (ErrorCode::InvalidInput, "its header does not begin with {. Is this a safetensors file?",
              where);

    auto header = readSafetensorsHeader (text, where);
    header.dataStart = lengthBytes + length;
    const auto dataBytes = available - length;
    for (const auto& entry : header.entries)
        checkEntry (entry, dataBytes, where);
    std::sort (header.entries.begin(), header.entries.end(), [] (const auto& a, const auto& b) {
        return std::pair (a.begin, a.end) < std::pair (b.begin, b.end);
    });
    checkTiling (header.entries, dataBytes, where);
    return header;
}
} // namespace tableread::engine
