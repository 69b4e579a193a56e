// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "Core/Error.h"
#include "Playback/Stage.h"
#include "Playback/Timing.h"
#include "Project/Document.h"

namespace tableread::playback
{
struct DraggedLine
{
    project::LineId line; // with those that are spoken in one pass with it
};

struct DraggedScene
{
    int scene = 0; // index into Document::scenes
};

struct DraggedSpeaker
{
    std::string name;
};

/** What is dragged into the host or a folder. */
using Dragged = std::variant<DraggedLine, DraggedScene, DraggedSpeaker>;

/** What plays it. */
struct DragSource
{
    std::shared_ptr<const project::Document> document;
    std::shared_ptr<const View> view; // of the stage: its takes
    double hostRateHz = (double) modelSampleRateHz;
    HostBeat beat {};
};

/** Writes it as a mono WAV with 32-bit floats at the host's rate, with its place as a BWF time reference: the samples of an
    offline bounce. A line has its speaker's gain, whoever is muted. A scene is the mix of its lines as it is heard. A speaker's
    stem has the whole script's length, so that stems lie side by side; a passage that several speak is its first speaker's.
    What lies before 0 is in the file too, but a time reference has no sign, so it says 0.

    Each goes into a new folder in `folder`, which is made if it is not there; those that are older than a week are removed.
    Threads   any that may wait for a disk; resampling takes time.
    @returns  the file; InvalidInput if there is no such thing, or if a line of it is not rendered; as bounce() */
[[nodiscard]] Result<std::filesystem::path> writeForDrag (const DragSource& source, const Dragged& what,
                                                          const std::filesystem::path& folder);
} // namespace tableread::playback
