// SPDX-License-Identifier: GPL-3.0-or-later
// What is dragged out of the window arrives in another program's.
#include <juce_audio_processors/juce_audio_processors.h>

#include "DropTarget.h"
#include "EmbeddedEditor.h"
#include "ForeignLv2.h"
#include "Plugin/HostedPlugin.h"
#include "Plugin/PluginEnvironment.h"
#include "Source/Playback/Dragfile.h"
#include "Support/Environment.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
constexpr const char* twoScenes = "Anna: Good evening. You are late again.\n"
                                  "== Tea & \"rum\" 100% ==\n"
                                  "Ben: The train stood still.\n"
                                  "Anna: Sit down, then.\n";

/** Where files to be dragged are written: a folder whose name is no URI as it is. */
class DataFolder
{
public:
    explicit DataFolder (const std::filesystem::path& folder)
    {
        std::filesystem::create_directories (folder);
        ::setenv ("XDG_DATA_HOME", folder.c_str(), 1);
    }

private:
    Environment before { { "XDG_DATA_HOME" } };
};

/** Another program's window in the screen's other corner, and what is dropped there. */
struct Corner
{
    /** Drags from a place on the screen to this window. */
    Dragfile drag (juce::Point<int> from)
    {
        Screen::grip (from);
        dispatchFor (std::chrono::milliseconds (500)); // the file is written
        const auto middle = place.getCentre();
        for (int step = 4; step >= 0; --step)
            Screen::pull (middle.translated (4 * step, 0));
        Screen::letGo();
        REQUIRE (dispatchUntil ([&] { return ! target.dropped().empty(); }));
        INFO (target.dropped());
        CHECK (target.dropped().find_first_of (" \"") == std::string::npos); // it is a URI
        file = juce::URL (juce::String (target.dropped()).trim()).getLocalFile();
        REQUIRE (file.existsAsFile());
        return Dragfile (file.getFullPathName().toStdString());
    }

    const juce::Rectangle<int> place { Screen::width - 150, Screen::height - 150, 140, 140 };
    DropTarget target { place };
    juce::File file;
};

/** Where on the timeline, at the host's rate. */
std::ptrdiff_t samplesOf (ModelSamples place)
{
    return (std::ptrdiff_t) toHost (place, 48'000.0).value;
}

void checkAnnasStem (const Dragfile& file, const std::vector<float>& sound,
                     const std::vector<playback::PartView>& parts)
{
    CHECK (file.rate == 48'000);
    CHECK (file.timeReference == 0);
    REQUIRE (file.samples.size() == sound.size());
    const auto isAsHeard = [&] (const playback::PartView& part) {
        const auto from = samplesOf (part.place.start);
        return std::equal (file.samples.begin() + from, file.samples.begin() + samplesOf (part.place.end()),
                           sound.begin() + from);
    };
    CHECK (isAsHeard (parts[0]));
    CHECK_FALSE (isAsHeard (parts[1])); // Ben's
    CHECK (isAsHeard (parts[2]));
}

DragHandle* gripOf (juce::Component& in, const char* title)
{
    auto* const grip =
        findShown<DragHandle> (in, [&] (auto& each) { return each.isShowing() && each.getTitle() == title; });
    REQUIRE (grip != nullptr);
    return grip;
}

/** The editor, with its script rendered, and a window beside it. */
struct DragDesk
{
    DragDesk()
    {
        auto& processor = editor.processor;
        processor.setRateAndBufferSizeDetails (48'000.0, 512);
        processor.prepareToPlay (48'000.0, 512);
        REQUIRE (renderAll (processor.workspace));
        sound = bounce (processor.workspace, 48'000.0);
        dispatchFor (std::chrono::milliseconds (500));
    }

    juce::Point<int> middleOf (juce::Component& part) const
    {
        return editor.editor->getLocalArea (&part, part.getLocalBounds()).getCentre();
    }

    TemporaryFolder folder;
    DataFolder data { folder.path() / "my sounds" };
    EmbeddedEditor editor { StateText { twoScenes, 5, false }.text() };
    Corner corner;
    std::vector<float> sound;
};

/** The built plugin with a script that is rendered, and what is to be clicked and dragged in its editor at its first size. */
struct LoadedDrags
{
    LoadedDrags()
    {
        PluginProcessor twin (fixture.options());
        twin.workspace.load (StateText { twoScenes, 5, false }.text());
        twin.setRateAndBufferSizeDetails (48'000.0, 512);
        twin.prepareToPlay (48'000.0, 512);
        REQUIRE (renderAll (twin.workspace));
        sound = bounce (twin.workspace, 48'000.0);
        parts = twin.workspace.player().stage().view()->parts;
        juce::MemoryBlock block;
        twin.getStateInformation (block);
        state = block.toString().toStdString();

        const std::unique_ptr<juce::AudioProcessorEditor> editor (twin.createEditor());
        editor->addToDesktop (0);
        editor->setVisible (true);
        dispatchFor (std::chrono::milliseconds (300));
        const auto middleOf = [&] (juce::Component& part) {
            return editor->getLocalArea (&part, part.getLocalBounds()).getCentre();
        };
        auto* const script = findShown<ScriptEditor> (*editor);
        auto* const side = findShown<SidePanel> (*editor);
        REQUIRE (script != nullptr);
        REQUIRE (side != nullptr);
        const auto ben = (int) std::string (twoScenes).find ("The train");
        bensLine = editor->getLocalPoint (script, script->getCaretRectangleForCharIndex (ben).getCentre());
        const auto tab = [&] (const char* name) {
            auto* const button = findShown<juce::TextButton> (
                *editor, [&] (auto& each) { return each.getButtonText() == name; });
            REQUIRE (button != nullptr);
            return middleOf (*button);
        };
        takes = tab ("Takes");
        cast = tab ("Cast");
        side->show (SidePanel::Tab::Cast);
        dispatchFor (std::chrono::milliseconds (300));
        annasStem = middleOf (*gripOf (*side, "Drag Anna's stem out"));
        side->show (SidePanel::Tab::Takes);
        dispatchFor (std::chrono::milliseconds (300));
        line = middleOf (*gripOf (*side, "Drag this line out"));
    }

    /** Drags out of the plugin's editor, which is at the screen's corner. */
    void check()
    {
        dispatchFor (std::chrono::milliseconds (1500)); // its takes are loaded
        Screen::click (bensLine);
        Screen::click (takes);
        {
            Corner corner;
            const auto file = corner.drag (line);
            const auto from = samplesOf (parts[1].place.start), to = samplesOf (parts[1].place.end());
            CHECK (file.rate == 48'000);
            CHECK (from > 0);
            CHECK (file.timeReference == (std::uint64_t) from);
            CHECK ((file.samples == std::vector (sound.begin() + from, sound.begin() + to)));
            CHECK_THAT (file.description, Catch::EndsWith (", Ben: The train stood still."));
        }
        Screen::click (cast);
        Corner corner;
        checkAnnasStem (corner.drag (annasStem), sound, parts);
    }

    Screen screen;
    WindowJuce juce;
    PluginFixture fixture;
    DataFolder data { fixture.folder.path() / "my sounds" };
    PluginEnvironment environment { fixture.folder.path() };
    std::vector<float> sound;
    std::vector<playback::PartView> parts;
    std::string state;
    juce::Point<int> bensLine, takes, cast, line, annasStem;
};
} // namespace

TEST_CASE ("A scene that is dragged out of the window arrives whole, with its time", "[plugin][drag][.slow]")
{
    DragDesk desk;
    auto* const timeline = findShown<TimelineView> (*desk.editor.editor);
    REQUIRE (timeline != nullptr);
    auto* const ruler = findShown<TimelineRuler> (*timeline);
    auto* const lanes = findShown<TimelineLanes> (*timeline);
    REQUIRE (ruler != nullptr);
    REQUIRE (lanes != nullptr);
    const auto clip = lanes->areaOf (timeline->model().clips().all()[1]).toNearestInt();
    const auto x = desk.editor.editor->getLocalPoint (lanes, clip.getCentre()).x;
    const auto file =
        desk.corner.drag ({ x, desk.editor.editor->getLocalPoint (ruler, juce::Point (0, 6)).y });
    const auto parts = desk.editor.processor.workspace.player().stage().view()->parts;
    const auto from = samplesOf (parts[1].place.start), to = samplesOf (parts[2].place.end());
    CHECK (file.rate == 48'000);
    CHECK (file.timeReference == (std::uint64_t) from);
    CHECK ((file.samples == std::vector (desk.sound.begin() + from, desk.sound.begin() + to)));
    CHECK (file.description == "Tea & \"rum\" 100%");
}

TEST_CASE ("A stem that is dragged out of the window arrives whole, with its time", "[plugin][drag][.slow]")
{
    DragDesk desk;
    auto* const side = findShown<SidePanel> (*desk.editor.editor);
    REQUIRE (side != nullptr);
    side->show (SidePanel::Tab::Cast);
    dispatchFor (std::chrono::milliseconds (300));
    const auto file = desk.corner.drag (desk.middleOf (*gripOf (*side, "Drag Anna's stem out")));
    CHECK (desk.corner.file.getFileName() == "Anna.wav");
    checkAnnasStem (file, desk.sound, desk.editor.processor.workspace.player().stage().view()->parts);
}

TEST_CASE ("A line and a stem are dragged out of the loaded VST3", "[plugin][drag][.slow]")
{
    LoadedDrags drags;
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 48'000.0, 512);
    plugin.load (drags.state);
    juce::Component window;
    const std::unique_ptr<juce::AudioProcessorEditor> editor (plugin->createEditorIfNeeded());
    REQUIRE (editor != nullptr);
    showIn (window, *editor);
    drags.check();
}

TEST_CASE ("A line and a stem are dragged out of the loaded LV2", "[plugin][drag][.slow]")
{
    LoadedDrags drags;
    const ForeignWindow window (Screen::width, Screen::height);
    const ForeignLv2 plugin (TABLEREAD_LV2, window.handle(), drags.state);
    drags.check();
}
