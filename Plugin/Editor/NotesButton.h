// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Text/Typefaces.h"

namespace tableread::plugin
{
/** Sentences below each other, in a box that the arrows and the page keys scroll. Escape gives the keyboard back to whoever
    opened it. Message thread. */
class NotesList : public juce::Viewport
{
public:
    NotesList (const std::vector<std::string>& notes, std::shared_ptr<Typefaces> typefaces, int width);
    ~NotesList() override;

    juce::Component::SafePointer<juce::Component> opener;

    int wholeHeight() const { return getViewedComponent()->getHeight(); }

    bool keyPressed (const juce::KeyPress& key) override;

private:
    class Paragraphs;

    bool isLeftByKey = false;
};

/** Opens a list of all that the status line has no room for. Seen while there is something in it. Message thread. */
class NotesButton : public juce::TextButton
{
public:
    explicit NotesButton (std::shared_ptr<Typefaces> typefaces = Typefaces::shared());

    /** @returns whether it is seen now and was not before, or the other way round. */
    bool show (std::vector<std::string> notes);

    const std::vector<std::string>& notes() const { return shown; }

private:
    void open();

    const std::shared_ptr<Typefaces> faces;
    std::vector<std::string> shown;
};
} // namespace tableread::plugin
