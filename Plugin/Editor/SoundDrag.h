// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/DragHandle.h"
#include "Processor/SoundExport.h"

namespace tableread::plugin
{
/** Lines, scenes and stems on their way out of the window. A file is written in the background; the drag begins as soon as it
    is there, if the mouse is still held, else the next drag has it at once. Message thread. */
class SoundDrag
{
public:
    /** @param written  outlives this. @param shown  the project as it is now. */
    SoundDrag (SoundExport& written, std::function<std::shared_ptr<const project::Document>()> shown);

    /** For what can be dragged. */
    SoundsOut& sounds() { return out; }

    /** Begins a drag that is ready; to be called some thirty times a second. */
    void poll();

    /** What is being done or was just done, for the status line; empty: nothing. */
    std::string words() const;

    /** Why the last wish came to nothing; once. */
    std::optional<Error> takeProblem() { return std::exchange (problem, {}); }

    /** Of the project's file; empty: it has none. */
    std::function<std::filesystem::path()> folder = [] { return std::filesystem::path(); };

    // The window system; a test has others.
    std::function<bool (const juce::String& file, juce::Component& from)> perform;
    std::function<bool()> isMouseHeld;
    std::function<void (const juce::File& suggested, std::function<void (juce::File)> chosen)> askForFile;

private:
    enum class Going
    {
        Nowhere,
        IntoDrag,
        IntoFile
    };

    void drag (const playback::Dragged& what, juce::Component& from);
    void toFile (const playback::Dragged& what);
    void note (std::string sentence);

    SoundExport& files;
    const std::function<std::shared_ptr<const project::Document>()> document;
    SoundsOut out;
    Going going = Going::Nowhere;
    juce::Component::SafePointer<juce::Component> source; // of the drag
    std::optional<Error> problem;
    juce::Time outUntil; // the window that it was dropped on may still ask for it
    std::string said;    // of what is over
    juce::Time saidAt;
    std::unique_ptr<juce::FileChooser> chooser;
};
} // namespace tableread::plugin
