// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "Core/Error.h"

namespace tableread
{
/** A voice of the engine's model folder (by name alone), or a recording (by path). */
struct VoiceReference
{
    std::string name;
    std::filesystem::path path; // empty: the model's own voice of that name

    bool operator== (const VoiceReference&) const = default;
};

/** Who speaks with which voice. */
struct CastMember
{
    std::string speaker;
    VoiceReference voice;

    bool operator== (const CastMember&) const = default;
};

/** Who is heard as whom. */
struct Cast
{
    std::vector<CastMember> members; // one for each speaker, in their order
    std::vector<std::string> notes;  // sentences on what was decided without being asked
};

/** What a cast is made of. Names are compared without case (Passage/Names.h). */
struct CastRequest
{
    std::span<const std::string> speakers; // of a script: no two have the same name
    std::span<const CastMember> chosen;    // by the user; also of speakers who are not in the script
    std::span<const std::string> modelVoices;
};

/** What the user typed is taken at its word. Each speaker has
    1. the chosen voice;
    2. else the model's voice of the speaker's own name;
    3. else, if nothing at all was chosen, one of the model's other voices in order, which a note tells.
    @returns InvalidInput if a speaker is left without a voice. */
[[nodiscard]] Result<Cast> castAsAsked (const CastRequest& request);

/** Nobody is left without a voice. Each speaker has
    1. the chosen voice;
    2. else the model's voice of the speaker's own name, if no speaker before has it;
    3. else one of the model's other voices in order, each once as far as they reach.
    A voice has neither name nor path if the model has none. No notes. */
Cast castEverybody (const CastRequest& request);

/** Of "NAME=FILE": FILE is a recording by its path if there is such a file, else the name of a voice of the model.
    @returns InvalidInput if it is no such thing. */
[[nodiscard]] Result<CastMember> readVoiceOption (const std::string& option);

/** @returns also InvalidInput if two are for the same speaker. */
[[nodiscard]] Result<std::vector<CastMember>> readVoiceOptions (std::span<const std::string> options);
} // namespace tableread
