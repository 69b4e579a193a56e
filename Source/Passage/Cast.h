// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "Core/Error.h"

namespace tableread
{
/** A voice from the engine's model folder (name only), a recording (with a path), or one that was uploaded (with an id). */
struct VoiceReference
{
    std::string name;
    std::filesystem::path path; // empty: the model's own voice of that name
    std::string id {};          // as the engine gives it; empty: not by its id

    bool operator== (const VoiceReference&) const = default;
};

/** Who speaks with which voice. */
struct CastMember
{
    std::string speaker; // "*": everybody who is not named
    VoiceReference voice;

    bool operator== (const CastMember&) const = default;
};

/** True for the member "*". */
bool isEverybodyElse (const CastMember& member);

/** The members of a cast, and notes for the user. */
struct Cast
{
    std::vector<CastMember> members; // one for each speaker, in their order
    std::vector<std::string> notes;  // sentences on what was decided without the user
};

/** What a cast is made of. Names are compared without case (Passage/Names.h). */
struct CastRequest
{
    std::span<const std::string> speakers; // of a script: no two have the same name
    std::span<const CastMember> chosen;    // by the user; also of speakers who are not in the script
    std::span<const std::string> modelVoices;
};

/** Uses exactly the voices that the user typed. Each speaker gets
    1. the chosen voice, or else the one chosen for "*";
    2. else the model's voice of the speaker's own name;
    3. else, if nothing at all was chosen, one of the model's other voices in order, with a note.
    @returns InvalidInput if a speaker is left without a voice. */
[[nodiscard]] Result<Cast> castAsAsked (const CastRequest& request);

/** Leaves nobody without a voice. Each speaker gets
    1. the chosen voice, or else the one chosen for "*";
    2. else the model's voice of the speaker's own name, if no earlier speaker has it;
    3. else one of the model's other voices in order, each once until they run out.
    A voice has neither name nor path if the model has none. No notes. */
Cast castEverybody (const CastRequest& request);

/** Parses "NAME=FILE": FILE is the path of a recording if there is such a file, else the name of a model's voice.
    @returns InvalidInput if the option has another form, or a direction behind the name. */
[[nodiscard]] Result<CastMember> readVoiceOption (const std::string& option);

/** Parses several. @returns InvalidInput also if two are for the same speaker. */
[[nodiscard]] Result<std::vector<CastMember>> readVoiceOptions (std::span<const std::string> options);
} // namespace tableread
