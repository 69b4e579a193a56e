// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "Take/Store/AudioObject.h"
#include "Take/Store/Request.h"
#include "Take/Take.h"

namespace tableread
{
/** What is known of a stored take, besides its samples. */
struct TakeRecord
{
    TakeRequest request;
    Take::Ending ending = Take::Ending::Whole;
    AudioObject audio;

    bool operator== (const TakeRecord&) const = default;
};

/** A record as JSON (Assets/docs/takes.md), and back. The text is untrusted: everything is checked.
    @returns InvalidInput if it is damaged, Unsupported if a newer version has written it. */
std::string toJson (const TakeRecord& record);
[[nodiscard]] Result<TakeRecord> parseTakeRecord (std::string_view json);

/** What no engine of this kind can speak to its end, so that nobody tries it again. */
struct TakeFailure
{
    TakeRequest request;
    std::string reason; // one sentence

    bool operator== (const TakeFailure&) const = default;
};

std::string toJson (const TakeFailure& failure);
[[nodiscard]] Result<TakeFailure> parseTakeFailure (std::string_view json);

inline constexpr std::size_t mostTakeRecordBytes = std::size_t { 32 } << 20;
} // namespace tableread
