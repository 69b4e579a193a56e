// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "Passage/Cast.h"
#include "Project/Document.h"
#include "Voice/ReaderProcess.h"

namespace tableread::project
{
/** A voice that is needed, and whose. */
struct NeededVoice
{
    std::string speaker;
    VoiceReference voice;
};

/** The voices of the passages without a take that `hasAudio`, each once. */
std::vector<NeededVoice> neededVoices (const Document& document,
                                       const std::function<bool (const TakeRecord& take)>& hasAudio);

/** Reads those that are recordings, or are written as one (with a folder, or an ending such as .wav), as an engine will. @returns what readVoice() returns for the first that cannot be used,
    with the speaker in `where`. */
[[nodiscard]] Result<void> checkRecordings (std::span<const NeededVoice> voices,
                                            const ReaderProcess& process);

/** Those that are voices of the model. @returns NotFound for the first that is none of `names`. */
[[nodiscard]] Result<void> checkNames (std::span<const NeededVoice> voices,
                                       std::span<const std::string> names);

/** A voice for nobody is a name that was misspelt. @returns InvalidInput with those who speak in `script`, for the first of
    `chosen` who does not. */
[[nodiscard]] Result<void> checkSpeakers (const Document& document, std::span<const CastMember> chosen,
                                          const std::string& script);
} // namespace tableread::project
