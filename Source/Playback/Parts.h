// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Playback/Score.h"
#include "Playback/Timing.h"
#include "Project/Document.h"

namespace tableread::playback
{
/** A record of a take that is whole, as what plays it knows it. */
KnownTake knownTake (const project::TakeRecord& take);

/** A document as it is to be heard. */
Score scoreOf (const project::Document& document, const HostBeat& beat = {});

/** What there is instead of a document that nobody can read: a gap, which says why. Its line is 0, which no document has. */
Score scoreOfNone (const Error& why);
} // namespace tableread::playback
