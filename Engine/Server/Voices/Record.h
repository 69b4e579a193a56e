// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "Core/Error.h"

namespace tableread::engine
{
/** What is known of a voice that a client has uploaded, besides its recording. */
struct VoiceRecord
{
    std::string name;    // usableVoiceName()
    std::string consent; // whose voice it is and what they have agreed to, as a client says it; may be empty
    std::string hash;    // hashOfBytes() of the recording as it was uploaded
    std::int64_t bytes = 0;        // of the recording
    std::int64_t milliseconds = 0; // of speech in it
    std::int64_t createdAt = 0;    // Unix time, in seconds

    /** "voice_" and 32 hexadecimal digits, which name and recording determine: no id ever means another voice. */
    std::string id() const;

    bool operator== (const VoiceRecord&) const = default;
};

inline constexpr std::size_t maxVoiceNameBytes = 200, maxConsentBytes = 16'384;

/** A name without the blanks around it. @returns InvalidInput if it is not UTF-8, too long, has no letter or digit, has
    invisible characters, or looks like an id. */
[[nodiscard]] Result<std::string> usableVoiceName (std::string_view name);

/** @returns InvalidInput if it is not UTF-8, or too long. */
[[nodiscard]] Result<std::string> usableConsent (std::string_view consent);

/** 16 hexadecimal digits that names have in common which differ only in case and the like (Passage/Names.h): the first
    ones of an id. */
std::string keyOfVoiceName (std::string_view name);

/** The first digits of an id; empty if it is none. */
std::string_view keyOfVoiceId (std::string_view id);

/** A record as JSON, and back. The text is untrusted: everything is checked.
    @returns InvalidInput if it is damaged, Unsupported if a newer engine has written it. */
std::string toJson (const VoiceRecord& record);
[[nodiscard]] Result<VoiceRecord> parseVoiceRecord (std::string_view json);
} // namespace tableread::engine
