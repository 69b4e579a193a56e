// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/SoundDrag.h"

#include <cmath>
#include <utility>

#include "Editor/StartFolder.h"
#include "Editor/Text/Drawing.h"
#if JUCE_LINUX
#include <juce_events/native/juce_linux_EventLoopInternal.h>
#endif

namespace tableread::plugin
{
namespace
{
const auto fetching = juce::RelativeTime::seconds (10.0); // what was dropped

/** On X11 a list of URIs is dragged; JUCE would only put "file://" before a path, with its blanks and signs. */
juce::String asDragged (const juce::String& file)
{
#if JUCE_LINUX
    return juce::URL (juce::File (file)).toString (false);
#else
    return file;
#endif
}

/** JUCE 7 looks for X11's events when there is something to read from the server. One that was read with the answer to a question,
    such as where the mouse is, waits for the next one; and so would a window that asks for what was dropped on it. */
void takeWaitingEvents()
{
#if JUCE_LINUX
    juce::MessageManager::callAsync ([] { // with nothing of ours being called, which they may delete
        for (const auto connection : juce::LinuxEventLoopInternal::getRegisteredFds())
            juce::LinuxEventLoopInternal::invokeEventLoopCallbackForFd (connection);
    });
#endif
}
} // namespace

SoundDrag::SoundDrag (SoundExport& written, std::function<std::shared_ptr<const project::Document>()> shown)
    : files (written)
    , document (std::move (shown))
{
    out.drag = [this] (const playback::Dragged& what, juce::Component& from) { drag (what, from); };
    out.toFile = [this] (const playback::Dragged& what) { toFile (what); };
    perform = [] (const juce::String& file, juce::Component& from) {
        return juce::DragAndDropContainer::performExternalDragDropOfFiles ({ asDragged (file) }, false,
                                                                           &from);
    };
    isMouseHeld = [] { return juce::ModifierKeys::getCurrentModifiersRealtime().isLeftButtonDown(); };
    askForFile = [this] (const juce::File& suggested, std::function<void (juce::File)> chosen) {
        using Browser = juce::FileBrowserComponent;
        chooser = std::make_unique<juce::FileChooser> ("Save as an audio file", suggested, "*.wav");
        chooser->launchAsync (
            Browser::saveMode | Browser::canSelectFiles | Browser::warnAboutOverwriting,
            [then = std::move (chosen)] (const juce::FileChooser& result) { then (result.getResult()); });
    };
}

void SoundDrag::drag (const playback::Dragged& what, juce::Component& from)
{
    problem.reset();
    said.clear();
    source = &from;
    going = Going::IntoDrag;
    files.begin (what);
    poll(); // it may be there from the last time
}

void SoundDrag::toFile (const playback::Dragged& what)
{
    problem.reset();
    const auto name = playback::fileNameOf (*document(), what);
    if (! name)
    {
        problem = name.error();
        return;
    }
    const auto beside = startFolder (juce::File (textOf (folder().string())));
    askForFile (beside.getChildFile (textOf (*name)), [this, what] (const juce::File& chosen) {
        if (chosen == juce::File())
            return;
        said.clear();
        going = Going::IntoFile;
        files.begin (what, chosen.withFileExtension ("wav").getFullPathName().toStdString());
    });
}

void SoundDrag::poll()
{
    const auto now = juce::Time::getCurrentTime();
    if (now < outUntil)
    {
        if (isMouseHeld())
            outUntil = now + fetching;
        takeWaitingEvents();
    }
    if (going == Going::Nowhere)
        return;
    const auto state = files.state();
    if (! state.ended)
        return;
    const auto where = std::exchange (going, Going::Nowhere);
    if (! *state.ended)
        problem = state.ended->error();
    else if (where == Going::IntoFile)
        note ("Saved " + (*state.ended)->string());
    else if (source == nullptr || ! isMouseHeld())
        note (state.name + " is ready: drag it once more.");
    else
    {
        perform (textOf ((*state.ended)->string()), *source);
        outUntil = now + fetching;
    }
}

void SoundDrag::note (std::string sentence)
{
    said = std::move (sentence);
    saidAt = juce::Time::getCurrentTime();
}

std::string SoundDrag::words() const
{
    if (going != Going::Nowhere)
    {
        const auto state = files.state();
        return "Writing " + state.name + ", " + std::to_string ((int) std::lround (100.0 * state.fraction)) +
               " %";
    }
    const auto shownFor = juce::RelativeTime::seconds (8.0);
    return said.empty() || juce::Time::getCurrentTime() - saidAt > shownFor ? std::string() : said;
}
} // namespace tableread::plugin
