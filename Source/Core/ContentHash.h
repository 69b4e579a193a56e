// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tableread
{
/** XXH3-128 of the bytes as 32 hexadecimal digits. */
std::string hashOfBytes (std::span<const std::byte> bytes);

/** XXH3-128 of the samples' bytes (little-endian float32) as 32 hexadecimal digits: the same audio has the same hash,
    from any file. */
std::string contentHash (std::span<const float> samples);

/** A name of the same form that the system has drawn, so that nobody else has it. */
std::string randomHash();

/** Whether a text is such a hash: nothing else becomes the name of a file. */
bool isContentHash (std::string_view text);
} // namespace tableread
