// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Editor/Cast/Colours.h"
#include "Project/Edit.h"
#include "Project/File/CastFile.h"

namespace tableread::plugin
{
/** A voice of somebody as it is shown: the usual one, or that of a mood. */
struct CastVoice
{
    std::string direction;    // "whispering"; empty: the usual voice
    VoiceReference reference; // empty: none yet
    std::string label;        // "Anna", "anna.wav"
    std::string tip;          // where a recording lies, who gave the voice
    bool isMissing = false;   // a recording that was not found
};

/** Somebody of the cast as the panel shows it. */
struct CastEntry
{
    std::string speaker; // as the script writes it
    std::string title;   // the same, or "Everybody else"
    SpeakerColour colour;
    std::vector<CastVoice> voices;           // the usual one, then moods
    std::vector<std::string> openDirections; // that the script has and no voice is for
    std::string remark;                      // "12 lines", "The same voice as Ben"
    bool isWarning = false;                  // that remark
    bool isChosen = false;                   // the voice, by the user
    bool hasLeft = false;                    // speaks no line
    bool isEverybodyElse = false;            // not one speaker, but all without a voice of their own
    int bus = 0;
    double gainDb = 0.0;
    bool isMuted = false, isSolo = false;

    bool operator== (const CastEntry& other) const;
};

/** What the cast's panel shows of a document, and the edits that it makes. Speakers and moods are named, not counted, so that
    an edit is still right if the cast has changed while a menu or a file dialog was open. Threads: one at a time. */
class CastModel
{
public:
    CastModel();

    /** @param missing  recordings that were not found */
    void show (std::shared_ptr<const project::Document> shown, std::span<const VoiceReference> missing = {});

    /** Who speaks, in the script's order; everybody else, if they have a voice; then those who have left and whose voices the
        user chose. */
    const std::vector<CastEntry>& entries() const { return all; }

    /** The voice for a direction of who has moods; with an empty direction the usual voice. */
    project::Edit chooseVoice (std::string_view speaker, std::string_view direction,
                               const VoiceReference& voice) const;

    /** The usual voice may be another one again, as is given unasked. */
    project::Edit takeBackVoice (std::string_view speaker) const;

    /** The voice is the usual one until another is chosen. @returns InvalidInput without a direction, or where there is no
        voice yet. */
    [[nodiscard]] Result<project::Edit> addMood (std::string_view speaker, std::string_view direction) const;
    project::Edit removeMood (std::string_view speaker, std::string_view direction) const;

    project::Edit setColour (std::string_view speaker, std::uint32_t rgb) const; // 0: the theme's
    project::Edit setBus (std::string_view speaker, int bus) const;
    project::Edit setGain (std::string_view speaker, double decibels) const;
    project::Edit setMuted (std::string_view speaker, bool isMuted) const;
    project::Edit setSolo (std::string_view speaker, bool isSolo) const;

    /** Forgets who has left, with all that was set for them. */
    project::Edit forget (std::string_view speaker) const;

    /** The voices that are shown, for a file of their own. */
    project::CastFile toFile() const;

    /** The voices of a file, as if the user had chosen them, in one step. */
    static project::Edit fromFile (const project::CastFile& file);

private:
    project::Member memberFor (std::string_view speaker) const;

    template <typename Change>
    project::Edit changed (std::string_view speaker, const Change& change) const;

    std::shared_ptr<const project::Document> document; // never null
    std::vector<CastEntry> all;
};
} // namespace tableread::plugin
