// SPDX-License-Identifier: GPL-3.0-or-later
// What is dragged out of the window arrives in another program's.
#include <juce_audio_processors/juce_audio_processors.h>

#include "DropTarget.h"
#include "EmbeddedEditor.h"
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

    /** Drags from a place in the editor to the other window. */
    Dragfile drag (juce::Point<int> from)
    {
        Screen::grip (from);
        dispatchFor (std::chrono::milliseconds (500)); // the file is written
        const auto middle = beside.getCentre();
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

    juce::Point<int> middleOf (juce::Component& part) const
    {
        return editor.editor->getLocalArea (&part, part.getLocalBounds()).getCentre();
    }

    TemporaryFolder folder;
    DataFolder data { folder.path() / "my sounds" };
    EmbeddedEditor editor { StateText { twoScenes, 5, false }.text() };
    const juce::Rectangle<int> beside { Screen::width - 150, Screen::height - 150, 140, 140 };
    DropTarget target { beside };
    std::vector<float> sound;
    juce::File file;
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
    const auto file = desk.drag ({ x, desk.editor.editor->getLocalPoint (ruler, juce::Point (0, 6)).y });
    const auto parts = desk.editor.processor.workspace.player().stage().view()->parts;
    const auto from = toHost (parts[1].place.start, 48'000.0).value,
               to = toHost (parts[2].place.end(), 48'000.0).value;
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
    auto* const grip =
        findShown<DragHandle> (*side, [] (auto& each) { return each.getTitle() == "Drag Anna's stem out"; });
    REQUIRE (grip != nullptr);
    const auto file = desk.drag (desk.middleOf (*grip));
    CHECK (desk.file.getFileName() == "Anna.wav");
    CHECK (file.timeReference == 0);
    CHECK (file.samples.size() == desk.sound.size());
    const auto parts = desk.editor.processor.workspace.player().stage().view()->parts;
    const auto at = [&] (ModelSamples place) { return toHost (place, 48'000.0).value; };
    const auto isAsHeard = [&] (const playback::PartView& part) {
        return std::equal (file.samples.begin() + at (part.place.start),
                           file.samples.begin() + at (part.place.end()),
                           desk.sound.begin() + at (part.place.start));
    };
    CHECK (isAsHeard (parts[0]));
    CHECK_FALSE (isAsHeard (parts[1])); // Ben's
    CHECK (isAsHeard (parts[2]));
}
