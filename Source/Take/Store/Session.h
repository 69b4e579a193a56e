// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"

namespace tableread
{
/** Which takes a session or project uses, so that eviction leaves them alone. */
struct TakeSession
{
    static constexpr std::size_t mostTakes = 40'000;

    std::string id; // isSessionId()
    std::vector<std::string>
        takes {}; // keys, or hashes of samples; kept as long as the session was seen lately
    std::vector<std::string> pinned {}; // likewise; kept as long as the session says so
    std::chrono::sys_seconds seen {};   // when it was last written

    bool operator== (const TakeSession&) const = default;
};

/** 1 to 64 letters, digits, - and _: it names a file. */
bool isSessionId (std::string_view text);

/** A session as JSON (Assets/docs/takes.md), and back. The text is untrusted: everything is checked.
    @returns InvalidInput if it is damaged, Unsupported if a newer version has written it. */
std::string toJson (const TakeSession& session);
[[nodiscard]] Result<TakeSession> parseTakeSession (std::string_view json);

inline constexpr std::size_t mostSessionBytes = std::size_t { 4 } << 20;
} // namespace tableread
