// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
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

    bool operator== (const DraggedLine&) const = default;
};

struct DraggedScene
{
    int scene = 0; // index into Document::scenes

    bool operator== (const DraggedScene&) const = default;
};

struct DraggedSpeaker
{
    std::string name;

    bool operator== (const DraggedSpeaker&) const = default;
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

    /** Whether it plays the same. */
    bool operator== (const DragSource& other) const
    {
        return document == other.document && *view == *other.view && hostRateHz == other.hostRateHz &&
               beat == other.beat;
    }
};

/** Told how far a file is, from 0 to 1, and says whether it is still wanted. */
using DragProgress = std::function<bool (double)>;

/** What its file is called: "Anna.wav". InvalidInput if there is no such thing. */
[[nodiscard]] Result<std::string> fileNameOf (const project::Document& document, const Dragged& what);

/** Writes it as a mono WAV with 32-bit floats at the host's rate, with its place as a BWF time reference: the samples of an
    offline bounce. A line has its speaker's gain, whoever is muted. A scene is the mix of its lines as it is heard. A speaker's
    stem has the whole script's length, so that stems lie side by side; a passage that several speak is its first speaker's.
    What lies before 0 is in the file too, but a time reference has no sign, so it says 0.

    Threads   any that may wait for a disk; an hour of speech takes seconds.
    @returns  InvalidInput if there is no such thing, or if a line of it is not rendered; Busy if one is being loaded; Cancelled if it is no longer wanted;
              as bounce() */
[[nodiscard]] Result<void> writeSound (const DragSource& source, const Dragged& what,
                                       const std::filesystem::path& file, const DragProgress& goesOn = {});

/** The same into a new folder in `folder`, which is made if it is not there; those that are older than a week are removed.
    @returns  the file */
[[nodiscard]] Result<std::filesystem::path> writeForDrag (const DragSource& source, const Dragged& what,
                                                          const std::filesystem::path& folder,
                                                          const DragProgress& goesOn = {});
} // namespace tableread::playback
