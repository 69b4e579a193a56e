// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "Core/Error.h"
#include "EngineLink/Protocol.h"
#include "Server/VoiceShelf.h"

namespace tableread::engine
{
/** Who is heard as whom. */
struct Cast
{
    std::vector<protocol::VoiceReference> voices; // one for each speaker, in their order
    std::vector<std::string> notes;               // sentences on what was decided without being asked
};

/** Gives each speaker of a script a voice:
    1. the one of its --voice "NAME=FILE", where FILE may also be the name of a voice of the model;
    2. else the model's voice of the speaker's own name;
    3. else, if there was no --voice at all, the model's other voices in order, which a note tells.
    Names are compared without case.
    @returns InvalidInput if a speaker is left without a voice, or an option is no NAME=FILE or names one speaker
             twice. */
[[nodiscard]] Result<Cast> castVoices (std::span<const std::string> speakers,
                                       std::span<const std::string> voiceOptions, const VoiceShelf& shelf);
} // namespace tableread::engine
