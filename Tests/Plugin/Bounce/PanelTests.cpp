// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/Bounce/Panel.h"
#include "Editor/Look/Theme.h"
#include "Plugin/Pictures.h"
#include "Project/Project.h"

using namespace tableread;
using namespace tableread::plugin;
using test::findTitled;

namespace
{
/** A project and the panel of its bounces, without a window. */
struct Board
{
    Board()
    {
        panel.setLookAndFeel (&theme);
        panel.setSize (320, 420);
        panel.onEdit = [this] (const project::Edit& edit) {
            auto done = project.edit (edit);
            panel.show (project.document(), report);
            return done;
        };
        panel.onWait = [this] (project::RenderWait chosen) { wait = chosen; };
        panel.show (project.document(), report);
    }

    ~Board() { panel.setLookAndFeel (nullptr); }

    const project::Settings& settings() const { return project.document()->settings; }

    template <typename Kind>
    Kind& find (const juce::String& title)
    {
        auto* const found = findTitled<Kind> (panel, title);
        INFO (title);
        REQUIRE (found != nullptr);
        return *found;
    }

    void type (const juce::String& field, const juce::String& text)
    {
        find<juce::TextEditor> (field).setText (text, false);
        find<juce::TextEditor> (field).onReturnKey();
    }

    juce::ScopedJuceInitialiser_GUI juce;
    Theme theme;
    project::Project project;
    std::shared_ptr<const GapReport> report;
    std::optional<project::RenderWait> wait;
    BouncePanel panel;
};
} // namespace

TEST_CASE ("Gaps, slate and patience are set in the bounce's panel, and undone by name",
           "[plugin][bouncepanel]")
{
    Board board;
    board.type ("After a line, ms", "150");
    board.type ("Other speaker, ms", "250");
    board.type ("Other scene, ms", "1000");
    CHECK (board.settings().gaps == project::Gaps { 150, 250, 1000 });
    CHECK (board.project.undoName() == "Change Gaps");
    board.type ("Give up after, s without progress", "5");
    CHECK (board.settings().patienceSeconds == 5);
    CHECK (board.project.undoName() == "Change Patience");
    auto& slate = board.find<juce::ToggleButton> ("");
    CHECK (slate.getToggleState());
    slate.setToggleState (false, juce::sendNotificationSync);
    CHECK_FALSE (board.settings().playsSlate);
    CHECK (board.project.undoName() == "Turn Slate Off");

    REQUIRE (board.project.undo());
    REQUIRE (board.project.undo());
    board.panel.show (board.project.document(), board.report);
    CHECK (slate.getToggleState());
    CHECK (board.find<juce::TextEditor> ("Give up after, s without progress").getText() == "30");
    CHECK (board.find<juce::TextEditor> ("Other scene, ms").getText() == "1000");
}

TEST_CASE ("Leaving a field of the bounce's panel is no step of undo", "[plugin][bouncepanel]")
{
    Board board;
    board.find<juce::TextEditor> ("After a line, ms").onFocusLost();
    CHECK (board.project.undoName().empty());
    board.type ("After a line, ms", "");
    CHECK (board.project.undoName().empty());
    CHECK (board.find<juce::TextEditor> ("After a line, ms").getText() == "0");
}

TEST_CASE ("An impossible patience is refused in a sentence, and the field has the old one",
           "[plugin][bouncepanel]")
{
    Board board;
    board.type ("Give up after, s without progress", "0");
    CHECK_THAT (board.panel.problem(),
                Catch::StartsWith ("A bounce waits 1 to 3600 s") && Catch::EndsWith ("."));
    CHECK (board.find<juce::TextEditor> ("Give up after, s without progress").getText() == "30");
    CHECK (test::pixelsOf (test::pictureOf (board.panel, "bounce-refused"), Theme::bad) > 20);
    board.type ("Give up after, s without progress", "7");
    CHECK (board.panel.problem().empty());
}

TEST_CASE ("When blocks wait is the host's to know", "[plugin][bouncepanel]")
{
    Board board;
    auto& wait = board.find<juce::ComboBox> ("Wait for render");
    CHECK (wait.getText() == "In offline bounces");
    wait.setSelectedItemIndex (2, juce::sendNotificationSync);
    CHECK (board.wait == project::RenderWait::Never);
    CHECK (board.project.undoName().empty());
    board.project.setHost ({ .wait = project::RenderWait::Always });
    board.panel.show (board.project.document(), board.report);
    CHECK (wait.getText() == "Always");
}

TEST_CASE ("The panel says what the last bounce lacks", "[plugin][bouncepanel]")
{
    Board board;
    auto& text = board.find<juce::TextEditor> ("The last bounce");
    CHECK (text.getText().startsWith ("There was none"));
    GapReport gaps;
    gaps.places.push_back ({ "line 5, Anna", "the engine stopped", { 24'000 }, { 48'000 } });
    board.report = std::make_shared<const GapReport> (gaps);
    board.panel.show (board.project.document(), board.report);
    CHECK (text.getText().contains ("line 5, Anna: the engine stopped"));
    test::picture (board.panel, "bounce-gaps");
    board.report = std::make_shared<const GapReport>();
    board.panel.show (board.project.document(), board.report);
    CHECK (text.getText().startsWith ("The last bounce is complete."));
}

TEST_CASE ("In the smallest window the bounce's panel is scrolled, and its report is read as a whole",
           "[plugin][bouncepanel]")
{
    Board board;
    GapReport gaps;
    for (int i = 0; i < 8; ++i)
        gaps.places.push_back (
            { "line " + std::to_string (i) + ", Anna", "the engine stopped", { 24'000 }, { 48'000 } });
    board.report = std::make_shared<const GapReport> (gaps);
    board.panel.show (board.project.document(), board.report);
    board.panel.setSize (290, 270);
    auto& report = board.find<juce::TextEditor> ("The last bounce");
    CHECK (report.getHeight() >= report.getTextHeight());
    const auto seen = [&] {
        return board.panel.getLocalBounds().contains (board.panel.getLocalPoint (
            &report, juce::Point<int> (report.getWidth() / 2, report.getHeight() - 1)));
    };
    CHECK_FALSE (seen());
    auto* const scroller = dynamic_cast<FocusScroller*> (board.panel.getChildComponent (0));
    REQUIRE (scroller != nullptr);
    CHECK (scroller->getVerticalScrollBar().isVisible());
    scroller->setViewPosition (0, 10'000);
    CHECK (seen());
    auto& wait = board.find<juce::ComboBox> ("Wait for render");
    scroller->reveal (wait);
    CHECK (board.panel.getLocalBounds().contains (board.panel.getLocalArea (&wait, wait.getLocalBounds())));
    board.panel.setSize (290, 900);
    CHECK_FALSE (scroller->getVerticalScrollBar().isVisible());
    CHECK (seen());
}
