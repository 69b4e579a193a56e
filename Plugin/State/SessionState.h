// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Passage/Cast.h"

namespace tableread::plugin
{
/** What a host's session stores of the plugin: everything but the audio, which the same seed makes again. */
struct SessionState
{
    std::string script;
    std::vector<CastMember> cast; // includes speakers who have left the script: they may come back
    std::uint64_t seed = 0;
    std::optional<float> guidanceScale; // 0 to 100; empty: the model's
    int steps = 10;
    std::filesystem::path engine; // the program, if the user chose one
    bool isRendered = false;      // the script was rendered when the session was saved

    bool operator== (const SessionState&) const = default;
};

/** The version that is written. Every released version can be read. */
inline constexpr int stateVersion = 1;

/** As one JSON object, so that people can read a broken session. */
std::string toText (const SessionState& state);

/** @returns InvalidInput for a text that is not a state of ours; Unsupported for one of a newer version, which must
             then be kept as it is and not overwritten. */
[[nodiscard]] Result<SessionState> parseState (std::string_view text);
} // namespace tableread::plugin
