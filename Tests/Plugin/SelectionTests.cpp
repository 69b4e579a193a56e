// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Desk.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** An editor with its takes shown, of the scene's five lines in rows 0, 1, 3, 4 and 5. */
struct TakesDesk : Desk
{
    explicit TakesDesk (const PluginFixture& fixture) : Desk (fixture)
    {
        load (sceneState());
        part<SidePanel>().show (SidePanel::Tab::Takes);
        refresh();
    }

    ScriptEditor& script() const { return part<ScriptEditor>(); }
    TimelineView& timeline() const { return part<TimelineView>(); }

    std::string title() const
    {
        refresh();
        return part<TakesPanel>().state().title();
    }

    void select (std::size_t from, std::size_t to) const
    {
        script().setHighlightedRegion ({ (int) from, (int) to });
    }

    void goToRow (int row) const
    {
        std::size_t start = 0;
        while (row-- > 0)
            start = script().text().find ('\n', start) + 1;
        select (start, start);
    }

    void press (TimelineView& view, int code) const { view.keyPressed (juce::KeyPress (code)); }
};
} // namespace

TEST_CASE ("A line that was just typed has its takes shown as soon as it is read", "[plugin][editor]")
{
    PluginFixture fixture;
    TakesDesk desk (fixture);
    desk.goToRow (5);
    REQUIRE (desk.title() == "Line 6  Anna: The soup is cold.");
    const auto end = desk.script().text().size();
    desk.select (end, end);
    desk.script().insertTextAtCaret ("Dag: Me too.");
    desk.title(); // while it may still be unread
    desk.workspace().settle();
    CHECK (desk.title() == "Line 8  Dag: Me too.");
    const auto dag = desk.workspace().document()->lines[5]->id;
    desk.button ("New take")->onClick();
    CHECK (desk.workspace().document()->lines[5]->id == dag);
    CHECK (desk.workspace().document()->lines[5]->reroll == 1);
    CHECK (desk.workspace().document()->lines[4]->reroll == 0);
}

TEST_CASE ("Going back to where the script or the timeline was left shows what is selected there",
           "[plugin][editor]")
{
    PluginFixture fixture;
    TakesDesk desk (fixture);
    desk.goToRow (1);
    const std::string inScript = "Line 2  Ben: The train stood still for an hour.";
    const std::string onTimeline = "Line 6  Anna: The soup is cold.";
    REQUIRE (desk.title() == inScript);
    desk.press (desk.timeline(), juce::KeyPress::endKey);
    REQUIRE (desk.title() == onTimeline);
    desk.script().focusGained (juce::Component::focusChangedByMouseClick);
    CHECK (desk.title() == inScript);
    desk.timeline().focusGained (juce::Component::focusChangedByMouseClick);
    CHECK (desk.title() == onTimeline);
    SECTION ("a caret that is moved by an edit elsewhere takes nobody along")
    {
        const auto document = desk.workspace().document();
        REQUIRE (desk.workspace().edit (
            project::MoveLines { { document->lines[3]->id }, document->lines[0]->id }));
        desk.workspace().settle();
        CHECK (desk.title() == onTimeline);
    }
    SECTION ("nothing selected on the timeline")
    {
        desk.press (desk.timeline(), juce::KeyPress::escapeKey);
        CHECK (desk.title() == inScript);
    }
}

TEST_CASE ("Several lines that are selected are said to be, and all of them get new takes",
           "[plugin][editor]")
{
    PluginFixture fixture;
    TakesDesk desk (fixture);
    const auto rerolled = [&] {
        std::string all;
        for (const auto& line : desk.workspace().document()->lines)
            all += std::to_string (line->reroll);
        return all;
    };
    SECTION ("in the script")
    {
        desk.select (3, desk.script().text().find ("Ben: Thank"));
        CHECK (desk.title() == "3 lines are selected.  Line 1  Anna: Good evening. You are late again.");
        REQUIRE (desk.button ("New takes") != nullptr);
        desk.button ("New takes")->onClick();
        CHECK (rerolled() == "11100");
    }
    SECTION ("on the timeline")
    {
        desk.press (desk.timeline(), juce::KeyPress::homeKey);
        desk.timeline().keyPressed (
            juce::KeyPress (juce::KeyPress::rightKey, juce::ModifierKeys::shiftModifier, 0));
        CHECK (desk.title() == "2 lines are selected.  Line 2  Ben: The train stood still for an hour.");
        desk.button ("New takes")->onClick();
        CHECK (rerolled() == "11000");
    }
    SECTION ("in the list, as long as it is seen")
    {
        desk.editor->keyPressed (
            juce::KeyPress ('f', juce::ModifierKeys::commandModifier | juce::ModifierKeys::shiftModifier, 0));
        auto& lines = desk.part<LinesPanel>();
        lines.onSelect ({ lines.lines()[3].line, lines.lines()[4].line });
        CHECK (desk.title() == "2 lines are selected.  Line 5  Ben: Thank you.");
        lines.onClose();
        CHECK (desk.title() == "Line 1  Anna: Good evening. You are late again.");
    }
    for (const auto* const name : { "Lock", "Newest", "Join", "Split" })
        if (desk.part<TakesPanel>().state().selectedLines() > 1)
        {
            CHECK_FALSE (desk.button (name)->isEnabled());
            CHECK (desk.button (name)->getTooltip() == "Several lines are selected. Select one of them.");
        }
}
