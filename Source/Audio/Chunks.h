// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "Audio/FileBytes.h"

namespace tableread
{
/** What a decoder is to see of a file: `header` in place of the file's beginning, then `size` bytes of the file from
    `begin`. All chunk sizes in there have been checked against the file. */
struct AudibleBytes
{
    std::string header;
    std::int64_t begin = 0, size = 0;

    bool neverClosed = false;   // the size of the samples was missing, so they are read to the file's end
    double missingFraction = 0; // of the samples that the header promised
};

/** Finds the samples of a file of chunks, and checks every chunk's size before a decoder trusts it: libsndfile 1.2
    does not, and some sizes make it read the same chunk for ever.

    WAV, RIFX and RF64  the header is written anew from `fmt ` and `data` alone, so no other chunk can do harm
    AIFF, SVX, W64, CAF the file ends before the first chunk that is damaged, if the samples come before it
    other formats       the whole file

    @returns why a decoder would go wrong, as a part of a sentence: "its LIST chunk says 400 bytes, 60 are left" */
[[nodiscard]] tl::expected<AudibleBytes, std::string> findAudibleBytes (FileBytes& file);
} // namespace tableread
