// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "Project/Edit.h"
#include "Timeline/GapReport.h"

namespace tableread::plugin
{
/** The numbers of the bounce's panel. */
enum class BounceNumber
{
    PatienceSeconds,
    LineGapMs,
    SpeakerGapMs,
    SceneGapMs
};

/** As it is in a field. */
std::string shownNumber (const project::Settings& settings, BounceNumber number);

/** The settings with what was typed into a field; the usual patience and no gap where nothing was. What is too large is
    refused when it is applied. */
project::Settings withNumber (project::Settings settings, BounceNumber number, std::string_view typed);

/** A report for the panel: the first places of a long one, then how many more there are. */
std::string shortText (const GapReport& report);
} // namespace tableread::plugin
