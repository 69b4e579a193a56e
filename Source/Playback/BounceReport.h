// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "Playback/Stage.h"
#include "Project/Document.h"
#include "Timeline/GapReport.h"

namespace tableread::playback
{
/** What a report calls a passage, by the id of its first line: "line 5, Anna". */
std::unordered_map<std::uint64_t, std::string> titlesOf (const project::Document& document);

/** What a bounce lacks, at the host's rate, in the words of the document. */
GapReport reportOf (const BounceEnd& bounce, const project::Document& document);
GapReport reportOf (const Played::Report& played, const project::Document& document);
} // namespace tableread::playback
