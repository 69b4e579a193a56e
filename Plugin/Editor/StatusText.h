// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "Processor/Performance.h"

namespace tableread::plugin
{
/** The editor's status line. */
struct Status
{
    std::string text;
    bool isProblem = false;
    double progress = 0.0; // 0 to 1, while rendering
};

/** What the performance is doing, in words. `problem` is why the last click failed, if it did; `notes` are the
    script's, shown when there is nothing more urgent. */
Status describe (const Performance::View& view, const std::optional<Error>& problem,
                 const std::vector<std::string>& notes = {});

/** The length of a passage in model samples, guessed from its text: for drawing, until it is known. */
std::int64_t estimatedSamples (std::size_t characters);

/** "1:02.5" */
std::string clockText (double seconds);
} // namespace tableread::plugin
