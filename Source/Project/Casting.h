// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Project/Document.h"

namespace tableread::project
{
/** One of the voices of a passage: a speaker counts once for each mood. */
struct Part
{
    std::string_view speaker;
    const Mood* mood = nullptr; // null: no voice was chosen or given yet

    bool operator== (const Part&) const = default;
};

/** Who says the line in which mood: that of its direction, or of one of its parts ("softly, sadly"), else the first. A
    speaker without a voice has that of the member "*". Points into both. */
Part partOf (const Document& document, const Line& line);

/** Of the embedded model: usual until an engine has said which its own are. */
const std::vector<std::string>& embeddedVoices();

/** Voices for those speakers of the script who have none: nobody else's changes. The model's voice of the speaker's own
    name; else the first of those that the fewest speakers have. Without moods for nobody if the model has no voice. */
std::vector<Member> voicesToGive (const Document& document, std::span<const std::string> modelVoices);

/** Puts a given voice into the cast, unless the speaker has one already. */
void giveVoice (Document& document, const Member& given);

/** Somebody of the cast with a voice that the user chooses: for a direction, or with an empty one the usual voice. What else is
    set for them stays. */
Member withVoice (const Document& document, std::string_view speaker, std::string_view direction,
                  const VoiceReference& voice);

/** Takes a given voice away; one that was chosen stays. */
void dropVoice (Document& document, const std::string& speaker);

/** Somebody who was given a voice that another one has. */
struct SharedVoice
{
    std::string speaker, other;
    VoiceReference voice;
};

std::vector<SharedVoice> sharedVoices (const Document& document);

/** A voice as people see it: "Anna" of the model's "anna", or a recording's file. */
std::string shownName (const VoiceReference& voice);

/** The same in sentences. */
std::vector<std::string> castNotes (const Document& document);
} // namespace tableread::project
