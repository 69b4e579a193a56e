// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>

#include <catch2/catch.hpp>

#include "Editor/SoundDrag.h"
#include "PluginFixture.h"
#include "Support/Environment.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** A hand that drags sounds out of a window, and the window system that it drags them through. */
struct Hand
{
    Hand()
    {
        workspace.setScript (scene);
        REQUIRE (renderAll (workspace));
        drag.perform = [this] (const juce::String& file, juce::Component& from) {
            CHECK (&from == &grip);
            dropped.add (juce::File (file).getFileName());
            return true;
        };
        drag.isMouseHeld = [this] { return isHeld; };
        drag.askForFile = [this] (const juce::File& suggested,
                                  const std::function<void (juce::File)>& chosen) {
            asked = suggested.getFileName();
            askedIn = suggested.getParentDirectory();
            chosen (choice);
        };
    }

    /** Polls as the editor does, until nothing is being written. */
    void wait()
    {
        REQUIRE (eventually ([&] {
            drag.poll();
            return ! juce::String (drag.words()).startsWith ("Writing");
        }));
    }

    juce::ScopedJuceInitialiser_GUI juce;
    PluginFixture fixture;
    Workspace workspace { fixture.options() };
    SoundExport files { workspace.player(), fixture.folder.path() / "drags" };
    SoundDrag drag { files, [this] { return workspace.document(); } };
    juce::Component grip;
    bool isHeld = true;
    juce::StringArray dropped;
    juce::String asked;
    juce::File choice, askedIn;
};
} // namespace

TEST_CASE ("A file is offered beside the project, or in a folder that is there", "[plugin][drag]")
{
    Hand hand;
    const auto offered = [&] (const std::filesystem::path& folder) {
        hand.drag.folder = [=] { return folder; };
        hand.drag.sounds().toFile (playback::DraggedSpeaker { "Anna" });
        return hand.askedIn;
    };
    const auto& folder = hand.fixture.folder.path();
    CHECK (offered (folder) == juce::File (juce::String (folder.string())));
    const Environment before ({ "HOME" });
    ::setenv ("HOME", folder.c_str(), 1); // without Documents and Music
    CHECK (offered ({}).isDirectory());
    CHECK (offered (folder / "gone").isDirectory());
}

TEST_CASE ("A drag begins when its file is there, while the mouse is held", "[plugin][drag]")
{
    Hand hand;
    CHECK (hand.drag.words().empty());
    hand.drag.sounds().drag (playback::DraggedSpeaker { "Anna" }, hand.grip);
    hand.wait();
    const auto why = hand.drag.takeProblem();
    INFO ((why ? why->text() : std::string()));
    CHECK (hand.dropped == juce::StringArray { "Anna.wav" });
    CHECK (hand.drag.words().empty());
    hand.drag.poll();
    CHECK (hand.dropped.size() == 1); // once
}

TEST_CASE ("A mouse that was let go too early has the file the next time, at once", "[plugin][drag]")
{
    Hand hand;
    hand.isHeld = false;
    hand.drag.sounds().drag (playback::DraggedScene { 0 }, hand.grip);
    hand.wait();
    CHECK (hand.dropped.isEmpty());
    CHECK (hand.drag.words() == "Scene 1.wav is ready: drag it once more.");
    hand.isHeld = true;
    hand.drag.sounds().drag (playback::DraggedScene { 0 }, hand.grip);
    CHECK (hand.dropped == juce::StringArray { "Scene 1.wav" });
}

TEST_CASE ("What was dragged may be gone when its file is there", "[plugin][drag]")
{
    Hand hand;
    auto row = std::make_unique<juce::Component>();
    hand.drag.sounds().drag (playback::DraggedSpeaker { "Ben" }, *row);
    row.reset();
    hand.wait();
    CHECK (hand.dropped.isEmpty());
}

TEST_CASE ("Without a drag a sound is saved as a file", "[plugin][drag]")
{
    Hand hand;
    hand.choice = juce::File (hand.fixture.folder.path().string()).getChildFile ("mine");
    hand.drag.sounds().toFile (playback::DraggedSpeaker { "Anna" });
    CHECK (hand.asked == "Anna.wav");
    hand.wait();
    const auto file = hand.choice.withFileExtension ("wav");
    CHECK (file.existsAsFile());
    const auto said = hand.drag.words();
    CHECK (said == "Saved " + file.getFullPathName().toStdString());
    CHECK (hand.dropped.isEmpty());

    hand.choice = juce::File(); // the user thinks better of it
    hand.drag.sounds().toFile (playback::DraggedSpeaker { "Ben" });
    CHECK (hand.asked == "Ben.wav");
    CHECK (hand.drag.words() == said); // nothing is written
    CHECK (hand.dropped.isEmpty());
}

TEST_CASE ("What cannot be dragged is said once", "[plugin][drag]")
{
    Hand hand;
    hand.workspace.stop();
    hand.workspace.setScript (std::string (scene) + "Ben: Well then.\n");
    hand.workspace.settle();
    hand.drag.sounds().drag (playback::DraggedSpeaker { "Ben" }, hand.grip);
    hand.wait();
    CHECK (hand.dropped.isEmpty());
    const auto why = hand.drag.takeProblem();
    REQUIRE (why);
    CHECK_THAT (why->text(), Catch::Contains ("line 8, Ben is not rendered yet"));
    CHECK_FALSE (hand.drag.takeProblem());
    hand.drag.sounds().toFile (playback::DraggedSpeaker { "Clara" });
    REQUIRE (hand.drag.takeProblem());
    CHECK (hand.asked.isEmpty());
}
