// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "Project/Document.h"

namespace tableread::plugin
{
/** A speaker's colour: the one that the user chose, else one of the theme's. */
struct SpeakerColour
{
    std::uint32_t chosen = 0; // 0xRRGGBB; 0: none
    int number = 0;           // of the theme's, from 0

    bool operator== (const SpeakerColour&) const = default;
};

/** The colours of a document's speakers. Members of the cast keep theirs when somebody new begins to speak before them. */
class SpeakerColours
{
public:
    /** The document must outlive it. */
    explicit SpeakerColours (const project::Document& source);

    SpeakerColour of (std::string_view speaker) const;

private:
    const project::Document& document;
    std::unordered_map<std::string_view, SpeakerColour> known; // as the script writes them
};
} // namespace tableread::plugin
