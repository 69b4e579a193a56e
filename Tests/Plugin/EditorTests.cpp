// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>

#include <catch2/catch.hpp>

#include "Desk.h"
#include "Pictures.h"
#include "Project/Lookup.h"
#include "Support/Environment.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("The editor shows the script's cast, renders it and draws its speech", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (sceneState());
    CHECK (desk.find<ScriptEditor> ([] (auto& each) { return each.text() == scene; }) != nullptr);
    CHECK (desk.casts ("Ben"));
    CHECK (desk.pixels<ScriptEditor> (Theme::speaker (1)) > 50); // the stripes of Ben's lines
    const auto unspoken = desk.picture<TimelineView>();

    REQUIRE (desk.button ("Render") != nullptr);
    desk.button ("Render")->onClick();
    CHECK (desk.eventuallyShows ("Done: 5 lines"));
    CHECK (desk.shows ("TableRead"));
    CHECK (desk.changedSince<TimelineView> (unspoken) > 1'000);
    CHECK (desk.button ("Engine: tones") != nullptr);
}

TEST_CASE ("Each panel beside the script has its place at every size", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (sceneState());
    desk.button ("Render")->onClick();
    REQUIRE (desk.eventuallyShows ("Done: 5 lines"));
    auto* side = desk.find<SidePanel> ([] (auto&) { return true; });
    REQUIRE (side != nullptr);
    for (const auto& [width, height] :
         { std::pair (700, 450), std::pair (1100, 720), std::pair (3840, 2160) })
    {
        CAPTURE (width, height);
        desk.editor->setSize (width, height);
        for (const auto& [tab, name] :
             { std::pair (SidePanel::Tab::Cast, "cast"), std::pair (SidePanel::Tab::Takes, "takes"),
               std::pair (SidePanel::Tab::Engine, "engine") })
        {
            side->show (tab);
            desk.refresh();
            CHECK (side->cast.isVisible() == (tab == SidePanel::Tab::Cast));
            CHECK (side->takes.isVisible() == (tab == SidePanel::Tab::Takes));
            CHECK (side->engine.isVisible() == (tab == SidePanel::Tab::Engine));
            if (width < 2000)
                picture (*desk.editor, "editor-" + std::string (name) + "-" + std::to_string (width));
        }
        const auto whole = desk.editor->getLocalBounds();
        for (const auto* part : desk.editor->getChildren())
            if (part->isVisible() && ! part->getBounds().isEmpty())
                CHECK (whole.contains (part->getBounds()));
    }
}

TEST_CASE ("The takes are those of the line where the user is, in the script or on the timeline",
           "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (sceneState());
    desk.button ("Render")->onClick();
    REQUIRE (desk.eventuallyShows ("Done: 5 lines"));
    auto* script = desk.find<ScriptEditor> ([] (auto&) { return true; });
    auto* side = desk.find<SidePanel> ([] (auto&) { return true; });
    auto* timeline = desk.find<TimelineView> ([] (auto&) { return true; });
    side->show (SidePanel::Tab::Takes);
    const auto opened = desk.workspace().document();
    const auto& lines = opened->lines;
    const auto shownLine = [&] {
        const auto& takes = side->takes.state().entries();
        REQUIRE (eventually ([&] { // the project hears of a take a moment after the stage
            desk.refresh();
            return takes.size() == 1 && takes.front().id != project::TakeId {};
        }));
        const auto document = desk.workspace().document();
        for (const auto& take : document->takes)
            if (take->id == takes.front().id)
                return take->line;
        return project::LineId {};
    };
    const auto caret = (int) script->text().find ('\n') + 1; // the second line
    script->setHighlightedRegion ({ caret, caret });
    CHECK (shownLine() == lines[1]->id);
    timeline->keyPressed (juce::KeyPress (juce::KeyPress::endKey));
    CHECK (shownLine() == lines[4]->id);
    script->setHighlightedRegion ({ 0, 0 });
    CHECK (shownLine() == lines[0]->id);
}

TEST_CASE ("The editor shows safe mode, and a way out of it", "[plugin][editor]")
{
    const test::TemporaryFolder folder;
    auto options = optionsIn (folder.path());
    options.stage.link.engine.search.setting = "/bin/false";
    const Desk desk (options);
    desk.load (sceneState());
    desk.button ("Render")->onClick();
    CHECK (desk.eventuallyShows ("Safe mode: the engine ended with exit code 1"));
    REQUIRE (desk.button ("Safe mode") != nullptr);
    CHECK (desk.workspace().tryAgain (true));
    CHECK_FALSE (desk.workspace().showing().link.safeMode);
    desk.refresh();
    CHECK (desk.button ("Engine") != nullptr);
}

TEST_CASE ("The editor says what went wrong, and stops when asked", "[plugin][editor]")
{
    test::FakeFaults faults;
    SECTION ("refused by the engine")
    {
        faults.refuseStatus = 404;
        PluginFixture fixture (faults);
        Desk desk (fixture);
        desk.load (sceneState());
        desk.button ("Render")->onClick();
        CHECK (desk.eventuallyShows ("voice \"Ada\": the file is not audio"));
    }
    SECTION ("an empty script")
    {
        PluginFixture fixture;
        Desk desk (fixture);
        desk.button ("Render")->onClick();
        desk.refresh();
        CHECK_FALSE (desk.shows ("Ready."));
    }
    SECTION ("stopped")
    {
        faults.frameMs = 50;
        PluginFixture fixture (faults);
        Desk desk (fixture);
        desk.load (sceneState());
        desk.button ("Render")->onClick();
        REQUIRE (eventually ([&] {
            desk.refresh();
            return desk.button ("Stop") != nullptr;
        }));
        desk.button ("Stop")->onClick();
        CHECK (desk.eventuallyShows ("0 of 5 lines done"));
    }
    SECTION ("a bounce with a gap")
    {
        faults.refuseStatus = 404;
        PluginFixture fixture (faults);
        Desk desk (fixture);
        desk.load (sceneState());
        bounce (desk.workspace());
        CHECK (desk.eventuallyShows ("the file is not audio"));
    }
}

TEST_CASE ("A session that cannot be opened is shown, and kept until it is discarded", "[plugin][editor]")
{
    const std::string state = GENERATE (R"({"tableread_state": 99})", "{\"tableread_state\": 2, \"scr");
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (state);
    CHECK (desk.shows (state.back() == '}' ? "newer" : "saved state"));
    auto* script = desk.find<ScriptEditor> ([] (auto&) { return true; });
    CHECK_FALSE (script->isEnabled());
    CHECK (*desk.workspace().save() == state);
    auto* discard = desk.button ("Discard it and go on");
    REQUIRE (discard != nullptr);
    CHECK (discard->isVisible());
    discard->onClick();
    desk.refresh();
    CHECK_FALSE (discard->isVisible());
    CHECK (script->isEnabled());
    CHECK (*desk.workspace().save() != state);
}

TEST_CASE ("What is typed into the editor is the project's, and can be taken back", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (sceneState());
    auto* script = desk.find<ScriptEditor> ([] (auto&) { return true; });
    REQUIRE (script != nullptr);
    script->setHighlightedRegion ({ 0, 0 });
    script->insertTextAtCaret ("Clara: Who is there?\n");
    const auto longer = "Clara: Who is there?\n" + std::string (scene);
    desk.workspace().settle();
    CHECK (*desk.workspace().document()->script == longer);
    CHECK (eventually ([&] {
        desk.refresh();
        return desk.casts ("Clara");
    }));
    script->onUndo();
    CHECK (script->text() == scene);
    CHECK (*desk.workspace().document()->script == scene);
    script->onRedo();
    CHECK (script->text() == longer);
    CHECK (*desk.workspace().document()->script == longer);
}

TEST_CASE ("What changes the script elsewhere is shown where it is, and typing goes on", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (StateText { "Anna: \u00c4pfel\nBen: \u00c4hre\n", 0, false }.text());
    auto* script = desk.find<ScriptEditor> ([] (auto&) { return true; });
    const auto line = [&] (std::size_t place) { return desk.workspace().document()->lines[place]->id; };
    REQUIRE (desk.workspace().edit (project::MoveLines { { line (1) }, {} }));
    desk.workspace().settle();
    desk.refresh();
    CHECK (script->text() == "Ben: \u00c4hre\nAnna: \u00c4pfel\n");
    script->setHighlightedRegion ({ 0, 0 });
    script->insertTextAtCaret ("Clara: A\n");
    for (const char letter : { 'b', 'c' })
    {
        script->insertTextAtCaret (juce::String::charToString (letter));
        desk.refresh(); // perhaps before it was read
    }
    CHECK (script->text() == "Clara: A\nbcBen: \u00c4hre\nAnna: \u00c4pfel\n");
    desk.workspace().settle();
    CHECK (*desk.workspace().document()->script == script->text());
}

TEST_CASE ("A seed counts from Return on, or when its field is left, and may be as large as seeds are",
           "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    auto* field = desk.find<juce::TextEditor> ([] (auto& each) { return each.getTitle() == "Seed"; });
    REQUIRE (field != nullptr);
    const auto type = [&] (const char* text) {
        for (int length = 1; text[length - 1] != 0; ++length)
        {
            field->setText (juce::String (text, (std::size_t) length), false);
            if (field->onTextChange)
                field->onTextChange();
        }
    };
    const auto seed = [&] { return desk.workspace().document()->settings.seed; };
    type ("731");
    CHECK (seed() == 0);
    field->onReturnKey();
    CHECK (seed() == 731);
    type ("18446744073709551615");
    field->onFocusLost();
    CHECK (seed() == 18'446'744'073'709'551'615u);
    field->onFocusLost(); // once more, without a change
    desk.editor->keyPressed (juce::KeyPress ('z', juce::ModifierKeys::commandModifier, 0));
    CHECK (seed() == 731);
    CHECK (field->getText() == "731");
    type ("18446744073709551616");
    field->onReturnKey();
    desk.refresh();
    CHECK (desk.shows ("A seed is at most 18446744073709551615."));
    CHECK (field->getText() == "731");
    CHECK (seed() == 731);
    desk.editor->keyPressed (juce::KeyPress ('z', juce::ModifierKeys::commandModifier, 0));
    CHECK (seed() == 0);
    desk.refresh();
    CHECK_FALSE (desk.shows ("A seed is at most"));
}

TEST_CASE ("A choice of a voice is an edit of the project", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (sceneState());
    auto* cast = desk.find<CastView> ([] (auto&) { return true; });
    REQUIRE (cast != nullptr);
    REQUIRE (cast->onEdit (cast->state().chooseVoice ("Ben", {}, VoiceReference { "david", {} })));
    const auto* const member = project::memberOf (*desk.workspace().document(), "Ben");
    REQUIRE (member != nullptr);
    CHECK (member->isChosen);
    CHECK (member->moods.at (0).voice == VoiceReference { "david", {} });
    CHECK (project::memberOf (*desk.workspace().document(), "Anna")->moods.at (0).voice.name == "anna");
}

TEST_CASE ("Without a display no editor is offered, except by LV2, whose hosts have windows",
           "[plugin][editor]")
{
    const Environment before ({ "DISPLAY" });
    const std::string display = GENERATE ("", ":77777");
    if (! display.empty())
        ::setenv ("DISPLAY", display.c_str(), 1);
    PluginFixture fixture;
    const Desk desk (fixture);
    CHECK_FALSE (desk.processor->hasEditor());
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_LV2);
    PluginProcessor lv2 (fixture.options());
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_Undefined);
    CHECK (lv2.hasEditor());
}

TEST_CASE ("Opening and closing the editor leaves the project as it was", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    const auto state = sceneState (18'000'000'000'000'000'000u);
    desk.load (state);
    for (int i = 0; i < 20; ++i)
    {
        desk.editor.reset();
        desk.editor.reset (desk.processor->createEditor());
        desk.refresh();
    }
    CHECK (*desk.workspace().save() == state);
}

TEST_CASE ("Lines that are moved in the script keep their takes, and stay selected", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (sceneState());
    REQUIRE (renderAll (desk.workspace()));
    desk.refresh();
    const auto jobs = fixture.engine.jobs();
    auto* script = desk.find<ScriptEditor> ([] (auto&) { return true; });
    REQUIRE (script != nullptr);
    const auto soup = desk.workspace().document()->lines[4]->id;
    script->onMove ({ 5, 5 }, 0); // the soup
    CHECK (desk.workspace().document()->lines[0]->id == soup);
    CHECK (desk.workspace().project().undoName() == "Move Lines");
    CHECK (script->text() == *desk.workspace().document()->script);
    CHECK (script->text().starts_with ("Anna: The soup is cold.\n"));
    CHECK (script->state().selectedText() == "Anna: The soup is cold.\n");
    script->onMoveByOne ({ 0, 0 }, false);
    CHECK (desk.workspace().document()->lines[1]->id == soup);
    CHECK (script->state().selectedText() == "Anna: The soup is cold.\n");
    REQUIRE (renderAll (desk.workspace()));
    CHECK (fixture.engine.jobs() == jobs);
    desk.workspace().undo();
    desk.workspace().undo();
    desk.refresh();
    CHECK (script->text() == scene);
}

TEST_CASE ("When blocks wait is the host's parameter, set in the editor", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (sceneState());
    auto* tab = desk.button ("Bounce");
    REQUIRE (tab != nullptr);
    tab->setToggleState (true, juce::sendNotificationSync);
    auto* panel = desk.find<BouncePanel> ([] (auto&) { return true; });
    REQUIRE (panel != nullptr);
    panel->onWait (project::RenderWait::Always);
    CHECK (desk.workspace().document()->settings.host.wait == project::RenderWait::Always);
    auto* wait = desk.find<juce::ComboBox> ([] (auto& box) { return box.getTitle() == "Wait for render"; });
    REQUIRE (wait != nullptr);
    CHECK (wait->getText() == "Always");
    juce::MemoryBlock state;
    desk.processor->getStateInformation (state);
    CHECK (state.toString().contains ("always"));
}

TEST_CASE ("Filtered lines lie over the script until one is gone to", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.load (sceneState());
    CHECK (desk.find<LinesPanel> ([] (auto&) { return true; }) == nullptr);
    CHECK (desk.editor->keyPressed (
        juce::KeyPress ('f', juce::ModifierKeys::commandModifier | juce::ModifierKeys::shiftModifier, 0)));
    auto* lines = desk.find<LinesPanel> ([] (auto&) { return true; });
    REQUIRE (lines != nullptr);
    CHECK (lines->lines().size() == 5);
    auto* script = desk.find<ScriptEditor> ([] (auto&) { return true; });
    CHECK (lines->getBounds() == script->getBounds());

    auto* takes = desk.button ("Takes");
    takes->setToggleState (true, juce::sendNotificationSync);
    lines->onSelect ({ lines->lines()[1].line, lines->lines()[2].line });
    desk.refresh();
    auto* panel = desk.find<TakesPanel> ([] (auto&) { return true; });
    REQUIRE (panel != nullptr);
    CHECK (panel->state().selectedLines() == 2);

    lines->onGo (4);
    CHECK_FALSE (lines->isVisible());
    CHECK (script->state().selectedText() == "Ben: Thank you.\n");
}
