// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "Processor/Workspace.h"

namespace tableread::plugin
{
/** The editor's status line. */
struct Status
{
    std::string text;
    bool isProblem = false;
    double progress = 0.0; // 0 to 1, while rendering
};

/** What is being done, in words. `problem` is why the last click failed, if it did. */
Status describe (const Showing& now, const std::optional<Error>& problem);

/** What the status line may have cut off or has no room for: problems, notes, and where gaps are. */
std::vector<std::string> allNotes (const Status& status, const Showing& now);

/** Where the last bounce has gaps, and what was played last, a line for each; empty: they have none. */
std::string gapList (const Showing& now);

/** Why something was not done, as a sentence of its own: "A seed is at most 5." */
std::string sentenceOf (const Error& error);

/** "1:02.5", and above an hour "1:01:02.5" */
std::string clockText (double seconds);

/** "Undo Move Lines", for a menu; the verb alone if there is no step. */
std::string withName (const char* verb, const std::string& step);
} // namespace tableread::plugin
