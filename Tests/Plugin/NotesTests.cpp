// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Desk.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("More notes than have room are scrolled by keys, and each is drawn whole", "[plugin][notes]")
{
    const juce::ScopedJuceInitialiser_GUI juce;
    const std::vector<std::string> notes (
        60,
        "A note that has more words than one row of the list has room for, so that it goes on in another");
    NotesList list (notes, Typefaces::shared(), 400);
    list.setSize (400, 200);
    CHECK (list.getWantsKeyboardFocus());
    CHECK (list.wholeHeight() > 60 * 30);
    const auto top = [&] { return list.getVerticalScrollBar().getCurrentRangeStart(); };
    CHECK (top() == 0.0);
    CHECK (list.keyPressed (juce::KeyPress (juce::KeyPress::downKey)));
    const auto line = top();
    CHECK (line > 0.0);
    CHECK (list.keyPressed (juce::KeyPress (juce::KeyPress::pageDownKey)));
    CHECK (top() > line + 100.0);
    CHECK (list.keyPressed (juce::KeyPress (juce::KeyPress::endKey)));
    CHECK (top() == list.wholeHeight() - 200.0);
    CHECK_FALSE (list.keyPressed (juce::KeyPress (juce::KeyPress::escapeKey))); // the box around it closes
    auto* const text = list.getViewedComponent();
    const auto last = text->getLocalBounds().removeFromBottom (24).withTrimmedBottom (6);
    CHECK (Desk::count (text->createComponentSnapshot (last),
                        [] (int, int, juce::Colour pixel) { return pixel.getAlpha() > 100; }) > 100);
}

TEST_CASE ("Where there are notes, a button opens them without a mouse", "[plugin][notes]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    CHECK (desk.button ("Notes") == nullptr);
    desk.load (StateText { "Anna: 1\nBen: 2\nClara: 3\nDavid: 4\nEve: 5\nFay: 6\n", 0, false }.text());
    auto* const button = desk.find<NotesButton> ([] (auto&) { return true; });
    REQUIRE (button != nullptr);
    CHECK (button->getWantsKeyboardFocus());
    CHECK (desk.editor->getLocalBounds().contains (button->getBounds()));
    const auto noted = desk.workspace().showing().notes;
    REQUIRE_FALSE (noted.empty());
    CHECK (button->notes() == noted);
    for (const auto* const other : desk.editor->getChildren())
        if (other != button && other->isVisible())
            CHECK_FALSE (other->getBounds().intersects (button->getBounds()));
    button->onClick();
    auto& list = desk.part<NotesList>();
    for (const auto& note : noted)
        CHECK (list.getDescription().contains (juce::String (note)));
    CHECK (desk.editor->getLocalBounds().contains (desk.part<juce::CallOutBox>().getBounds()));
    juce::ModalComponentManager::getInstance()->cancelAllModalComponents();
    desk.load (sceneState());
    CHECK (desk.button ("Notes") == nullptr);
}
