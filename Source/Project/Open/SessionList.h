// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Project/Document.h"
#include "Take/Store/Session.h"

namespace tableread::project
{
/** What a document uses of the take store, by the hashes of samples: its takes, and its voices' recordings, which lie there
    too. Its id is the document's. The newest takes,
    if there are more than a list can hold. */
TakeSession sessionOf (const Document& document);

/** Whether a mood's voice is a recording whose samples are known. */
bool isRecording (const Mood& mood);

/** The same with what `before` has and the document does not know: a copy of the project, which has the same id, uses that.
    What the document does know it alone decides. */
TakeSession joinedWith (TakeSession session, const TakeSession& before);
} // namespace tableread::project
