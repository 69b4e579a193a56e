// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/NotesButton.h"

#include <algorithm>
#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/Text/Drawing.h"

namespace tableread::plugin
{
namespace
{
constexpr float noteFont = 14.0f;
constexpr int noteGap = 8;
} // namespace

class NotesList::Paragraphs : public juce::Component
{
public:
    Paragraphs (const std::vector<std::string>& notes, std::shared_ptr<Typefaces> typefaces, int width)
        : texts (notes)
        , faces (std::move (typefaces))
    {
        int height = noteGap;
        for (const auto& text : texts)
        {
            const auto room = heightOfParagraph (faces, text, (float) (width - 2 * noteGap), noteFont);
            places.emplace_back (noteGap, height, width - 2 * noteGap, (int) room);
            height += (int) room + noteGap;
        }
        setSize (width, height);
    }

    void paint (juce::Graphics& g) override
    {
        g.setColour (Theme::text);
        for (std::size_t i = 0; i < texts.size(); ++i)
            if (g.clipRegionIntersects (places[i]))
                drawParagraph (g, faces, texts[i], { places[i].toFloat(), noteFont });
    }

private:
    const std::vector<std::string> texts;
    const std::shared_ptr<Typefaces> faces;
    std::vector<juce::Rectangle<int>> places;
};

NotesList::NotesList (const std::vector<std::string>& notes, std::shared_ptr<Typefaces> typefaces, int width)
{
    std::string all;
    for (const auto& note : notes)
        all += note + '\n';
    setTitle ("Problems and notes");
    setDescription (textOf (all)); // for those who have it read out
    setWantsKeyboardFocus (true);
    setScrollBarsShown (true, false);
    getVerticalScrollBar().setTitle ("Scroll the notes");
    setViewedComponent (
        new Paragraphs (notes, std::move (typefaces), width - getScrollBarThickness())); // which it owns
}

NotesList::~NotesList()
{
    if (isLeftByKey && opener != nullptr && opener->isShowing())
        opener->grabKeyboardFocus();
}

/** The box around it closes itself. */
bool NotesList::keyPressed (const juce::KeyPress& key)
{
    isLeftByKey = key == juce::KeyPress::escapeKey;
    return ! isLeftByKey && Viewport::keyPressed (key);
}

NotesButton::NotesButton (std::shared_ptr<Typefaces> typefaces)
    : TextButton ("Notes")
    , faces (std::move (typefaces))
{
    setTitle ("Problems and notes");
    setTooltip ("Read all problems and notes");
    setColour (buttonColourId, Theme::panel);
    onClick = [this] { open(); };
    setVisible (false);
}

bool NotesButton::show (std::vector<std::string> notes)
{
    shown = std::move (notes);
    const bool isWanted = ! shown.empty();
    if (isVisible() == isWanted)
        return false;
    setVisible (isWanted);
    return true;
}

void NotesButton::open()
{
    auto* const window = getParentComponent();
    if (window == nullptr)
        return;
    const auto width = std::min (560, window->getWidth() - 80);
    auto list = std::make_unique<NotesList> (shown, faces, width);
    list->setSize (width, std::min (list->wholeHeight(), window->getHeight() - 160));
    list->opener = this;
    auto& opened = *list;
    juce::CallOutBox::launchAsynchronously (std::move (list), getBounds(), window);
    opened.grabKeyboardFocus(); // which the box leaves with this button
}
} // namespace tableread::plugin
