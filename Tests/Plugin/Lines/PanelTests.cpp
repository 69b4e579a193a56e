// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/Lines/Panel.h"
#include "Editor/Look/Theme.h"
#include "KnownMarks.h"
#include "Plugin/Pictures.h"
#include "Project/Project.h"
#include "Source/Project/Documents.h"

using namespace tableread;
using namespace tableread::plugin;
using test::findTitled;

namespace
{
/** A project and the list of its lines, without a window. */
struct Index
{
    explicit Index (const std::string& script) : project (test::documentOf (script))
    {
        panel.setLookAndFeel (&theme);
        panel.setSize (500, 300);
        panel.onSelect = [this] (const std::vector<project::LineId>& lines) { selected = lines; };
        panel.onGo = [this] (std::size_t row) { gone = row; };
        panel.onRetry = [this] (std::size_t row) { marks.retry (row); };
        panel.onClose = [this] { isClosed = true; };
        show();
    }

    ~Index() { panel.setLookAndFeel (nullptr); }

    void show() { panel.show (project.document(), marks); }

    template <typename Kind>
    Kind& find (const juce::String& title)
    {
        auto* const found = findTitled<Kind> (panel, title);
        INFO (title);
        REQUIRE (found != nullptr);
        return *found;
    }

    juce::ListBox& list() { return find<juce::ListBox> ("Lines"); }

    project::LineId line (std::size_t place) const { return project.document()->lines[place]->id; }

    juce::ScopedJuceInitialiser_GUI juce;
    Theme theme;
    project::Project project;
    test::KnownMarks marks;
    std::vector<project::LineId> selected;
    std::optional<std::size_t> gone;
    bool isClosed = false;
    LinesPanel panel;
};
} // namespace

TEST_CASE ("The list shows what the fields leave, and how many that are", "[plugin][lines]")
{
    Index index ("Anna: Good evening.\nBen: The train.\nAnna: Sit down.\nBen: Good night.\n");
    CHECK (index.panel.countText() == "4 of 4");
    auto& words = index.find<juce::TextEditor> ("Words of the lines");
    words.setText ("good", false);
    words.onTextChange();
    CHECK (index.panel.countText() == "2 of 4");
    auto& speaker = index.find<juce::ComboBox> ("Who speaks");
    CHECK (speaker.getNumItems() == 3);
    speaker.setSelectedItemIndex (2, juce::sendNotificationSync);
    REQUIRE (index.panel.lines().size() == 1);
    CHECK (index.panel.lines()[0].line == index.line (3));
    test::picture (index.panel, "lines-filtered");

    REQUIRE (index.project.edit (project::SetScript { "Clara: Good morning.\nBen: Good night.\n" }));
    index.show();
    CHECK (speaker.getText() == "Ben"); // still
    CHECK (index.panel.countText() == "1 of 2");
    words.setText ({}, false);
    words.onTextChange();
    speaker.setSelectedItemIndex (0, juce::sendNotificationSync);
    index.marks.states = { { 1, LineMark::State::Failed } };
    index.find<juce::ComboBox> ("How the lines are").setSelectedItemIndex (3, juce::sendNotificationSync);
    REQUIRE (index.panel.lines().size() == 1);
    CHECK (index.panel.lines()[0].row == 1);
    CHECK (test::pixelsOf (test::pictureOf (index.panel, "lines-failed"), Theme::bad) > 5);
}

TEST_CASE ("Lines of the list are selected, gone to and rendered again", "[plugin][lines]")
{
    Index index ("Anna: One.\nBen: Two.\nAnna: Three.\n");
    auto& list = index.list();
    list.selectRow (0);
    list.selectRow (2, false, false);
    CHECK (index.selected == std::vector { index.line (0), index.line (2) });
    index.show(); // as while speech is rendered
    CHECK (list.getNumSelectedRows() == 2);
    CHECK (list.keyPressed (juce::KeyPress (juce::KeyPress::returnKey)));
    CHECK (index.gone == 2u);
    CHECK (list.getModel()->getNameForRow (1) == "Line 2, Ben: Two.");

    index.marks.states = { { 1, LineMark::State::Failed } };
    index.show();
    const auto now = juce::Time::getCurrentTime();
    const auto click = [&] (float x) {
        list.getModel()->listBoxItemClicked (1, { juce::Desktop::getInstance().getMainMouseSource(),
                                                  { x, 8.0f },
                                                  juce::ModifierKeys::leftButtonModifier,
                                                  0.0f,
                                                  0.0f,
                                                  0.0f,
                                                  0.0f,
                                                  0.0f,
                                                  &list,
                                                  &list,
                                                  now,
                                                  { x, 8.0f },
                                                  now,
                                                  1,
                                                  false });
    };
    click (100.0f);
    CHECK (index.marks.retried.empty());
    click (10.0f); // on its mark
    CHECK (index.marks.retried == std::vector<std::size_t> { 1 });
    CHECK (index.panel.keyPressed (juce::KeyPress (juce::KeyPress::escapeKey)));
    CHECK (index.isClosed);
}
