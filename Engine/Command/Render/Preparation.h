// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "Command/Render/Options.h"
#include "Command/Session.h"
#include "Passage/Reading.h"
#include "Server/Voices/Shelf.h"

namespace tableread::engine
{
/** What a run of `render` speaks, and with what. */
struct Preparation
{
    LoadOptions load;
    Reading reading;
    std::vector<ShelfVoice> voices; // of reading.speakers, each as long as fits
    std::vector<std::string> stems; // of reading.passages, without extensions; none without --stems
};

struct PreparationEvents
{
    std::function<void (const std::string&)> note; // a sentence on how something was interpreted
    std::function<bool()> isCancelled;             // ends the reading of a recording; empty: never
};

/** Reads the script and the voices. Everything that can be refused is refused here: nothing is written, no weights are
    read. @throws Exception. */
Preparation prepare (const RenderOptions& options, Session& session, const PreparationEvents& events);

/** `render --check`: prints how the script is read, and all that prepare() would refuse. @returns the exit code.
    @throws Exception if there is no model or no script. */
int checkScript (const RenderOptions& options, Session& session);
} // namespace tableread::engine
