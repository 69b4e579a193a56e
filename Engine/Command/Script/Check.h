// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Passage/Cast.h"
#include "Script/Script.h"
#include "Server/Voices/Shelf.h"

namespace tableread::engine
{
/** What `render --check` says: how a script is read and cast, and what would be refused. */
struct ScriptCheck
{
    static constexpr int version = 1; // of the JSON; it grows when a field changes its meaning or goes

    std::string file = {}, model = {};
    Typography typography = Typography::Demo;
    Script script = {};
    double gapSeconds = 0;                   // between passages, besides the script's pauses
    std::vector<VoiceReference> voices = {}; // of script.speakers; without a name: none
    std::vector<std::string> notes = {};     // on the cast and the recordings
    std::vector<std::string> refusals = {};  // sentences: why `render` would not begin

    /** Gives the speakers their voices as `render` does and reads each recording; what fails is a refusal. */
    void cast (std::span<const CastMember> chosen, const VoiceShelf& shelf);

    double speechSeconds() const; // at the usual rate of speech
    double pauseSeconds() const;  // with the gaps

    /** 2 if something would be refused. */
    int exitCode() const;
};

/** Assets/docs/script.md describes it. */
nlohmann::json toJson (const ScriptCheck& check);

std::string toText (const ScriptCheck& check);
} // namespace tableread::engine
