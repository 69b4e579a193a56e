// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>

#include "Files/FakeUser.h"
#include "Plugin/Controls.h"
#include "Plugin/Pictures.h"
#include "Plugin/PluginFixture.h"
#include "Project/File/Place.h"
#include "Project/Lookup.h"
#include "Standalone/AppContent.h"
#include "Standalone/AppSettings.h"
#include "Standalone/WindowFit.h"
#include "Support/Environment.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
/** What is in the app's window, without the window. */
struct Desk
{
    explicit Desk (const PluginFixture& fixture) : folder (fixture.folder.path())
    {
        using Kind = juce::AudioProcessor;
        Kind::setTypeOfNextNewPlugin (Kind::wrapperType_Standalone);
        processor = std::make_unique<PluginProcessor> (fixture.options());
        Kind::setTypeOfNextNewPlugin (Kind::wrapperType_Undefined);
        processor->setRateAndBufferSizeDetails (48'000.0, 480);
        processor->prepareToPlay (48'000.0, 480);
        content = std::make_unique<AppContent> (
            *processor, user,
            Documents::Options { .autosave = { folder / "autosave", std::chrono::hours (1) },
                                 .recent = folder / "recent" },
            AppContent::Window { .setTitle = [this] (const auto& text) { title = text; },
                                 .showAudioSettings = [this] { asked += "audio "; },
                                 .quit = [this] { asked += "quit "; },
                                 .scale = [] { return 1.5; },
                                 .setScale = [this] (double) { asked += "scale "; } });
    }

    ~Desk() { content.reset(); }

    bool press (int key, int modifiers = 0) const
    {
        return content->keys().keyPressed ({ key, juce::ModifierKeys (modifiers), 0 }, content.get());
    }

    bool control (int key, int more = 0) const
    {
        return press (key, juce::ModifierKeys::ctrlModifier | more);
    }

    void type (const std::string& script) const
    {
        processor->workspace.setScript (script);
        processor->workspace.readTyped();
        content->refresh();
    }

    std::string script() const { return *processor->workspace.document()->script; }

    /** What a menu says: "Undo Typing". A "-" is in front of what is not possible. */
    juce::StringArray menu (int index) const
    {
        juce::StringArray words;
        const auto shown = menus().getMenuForIndex (index, {});
        for (juce::PopupMenu::MenuItemIterator item (shown); item.next();)
            if (! item.getItem().isSeparator)
                words.add ((item.getItem().isEnabled ? "" : "-") + item.getItem().text);
        return words;
    }

    juce::MenuBarModel& menus() const
    {
        for (auto* child : content->getChildren())
            if (auto* bar = dynamic_cast<juce::MenuBarComponent*> (child))
                return *bar->getModel();
        throw std::runtime_error ("no menu bar");
    }

    template <typename Kind>
    Kind& part() const
    {
        for (auto* child : content->getChildren())
            if (auto* kind = dynamic_cast<Kind*> (child))
                return *kind;
        throw std::runtime_error ("no such part");
    }

    void play (int blocks) const
    {
        juce::AudioBuffer<float> audio (2, 480);
        juce::MidiBuffer midi;
        for (int i = 0; i < blocks; ++i)
            processor->processBlock (audio, midi);
    }

    fs::path folder;
    juce::ScopedJuceInitialiser_GUI juce;
    FakeUser user;
    std::unique_ptr<PluginProcessor> processor;
    juce::String title, asked;
    std::unique_ptr<AppContent> content;
};

constexpr int shift = juce::ModifierKeys::shiftModifier;

/** The first part of a kind, however deep, that is as asked for. */
template <typename Kind, typename IsIt>
Kind* find (juce::Component& in, const IsIt& isIt)
{
    for (auto* child : in.getChildren())
    {
        if (auto* kind = dynamic_cast<Kind*> (child); kind != nullptr && isIt (*kind))
            return kind;
        if (auto* inside = find<Kind> (*child, isIt))
            return inside;
    }
    return nullptr;
}

void write (const fs::path& file, const std::string& text)
{
    std::ofstream (file) << text;
}

bool says (juce::Component& place, const juce::String& text)
{
    return find<juce::Label> (place, [&] (auto& label) { return label.getText().contains (text); }) !=
           nullptr;
}
} // namespace

TEST_CASE ("The app's keys open, save and make projects", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    CHECK (desk.title == "Untitled - TableRead");
    desk.type (scene);
    CHECK (desk.title == "Untitled * - TableRead");

    desk.user.file = desk.folder / "scene.tableread";
    CHECK (desk.control ('s'));
    CHECK (desk.title == "scene.tableread - TableRead");
    CHECK (*project::readProject (desk.user.file)->document->script == scene);
    desk.user.file = desk.folder / "other.tableread";
    CHECK (desk.control ('s', shift));
    CHECK (desk.title == "other.tableread - TableRead");

    CHECK (desk.control ('n'));
    CHECK (desk.script().empty());
    CHECK (desk.title == "Untitled - TableRead");
    desk.user.file = desk.folder / "scene.tableread";
    CHECK (desk.control ('o'));
    CHECK (desk.script() == scene);
    CHECK (desk.control ('q'));
    CHECK (desk.control (','));
    CHECK (desk.asked == "quit audio ");
    CHECK_FALSE (desk.press ('n')); // typed
    CHECK (desk.user.heard.empty());
}

TEST_CASE ("An undo in the app's menu ends what was said of a refused edit", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.type ("anna: hi there\nBen: hello\n");
    auto& editor = desk.part<PluginEditor>();
    editor.refresh();
    auto* script = find<ScriptEditor> (editor, [] (auto&) { return true; });
    script->setHighlightedRegion ({ 0, 0 });
    CHECK (script->keyPressed ({ juce::KeyPress::downKey, juce::ModifierKeys::altModifier, 0 }));
    editor.refresh();
    CHECK (says (editor, "would be read otherwise"));
    CHECK (desk.control ('z'));
    editor.refresh();
    CHECK_FALSE (says (editor, "would be read otherwise"));
    CHECK (desk.script().empty());
}

TEST_CASE ("The app's menus name what they do, and what is not possible is grey", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    CHECK (desk.menus().getMenuBarNames() == juce::StringArray { "File", "Edit", "Transport", "View" });
    CHECK (desk.menu (1) == juce::StringArray { "-Undo", "-Redo" });
    desk.type ("Anna: Hello.");
    const auto step = "Undo " + juce::String (desk.processor->workspace.project().undoName());
    CHECK (step.length() > 6);
    CHECK (desk.menu (1) == juce::StringArray { step, "-Redo" });
    CHECK (desk.control ('z'));
    CHECK (desk.script().empty());
    desk.content->refresh();
    CHECK (desk.title == "Untitled - TableRead"); // as it was saved: not at all
    CHECK (desk.control ('y'));
    CHECK (desk.script() == "Anna: Hello.");
    CHECK (desk.menu (0).contains (juce::String::fromUTF8 ("Save As\u2026")));
    CHECK (desk.menu (2) == juce::StringArray { "Play", "Return to Start", "Loop" });
    juce::StringArray keys;
    for (int index = 0; index < 3; ++index)
    {
        const auto shown = desk.menus().getMenuForIndex (index, {});
        for (juce::PopupMenu::MenuItemIterator item (shown); item.next();)
            if (item.getItem().itemID != 0 && item.getItem().commandManager != nullptr)
                keys.add (item.getItem().shortcutKeyDescription);
    }
    CHECK (keys == juce::StringArray { "Ctrl+N", "Ctrl+O", "Ctrl+S", "Ctrl+Shift+S", "Ctrl+,", "Ctrl+Q",
                                       "Ctrl+Z", "Ctrl+Shift+Z, Ctrl+Y", "Space", "Home", "L" });
}

TEST_CASE ("The app lists recent projects, and those that are gone in grey", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    const auto recent = [&] {
        juce::StringArray words;
        const auto shown = desk.menus().getMenuForIndex (0, {});
        for (juce::PopupMenu::MenuItemIterator item (shown, true); item.next();)
            if (const auto& one = item.getItem(); one.text.endsWith (".tableread"))
                words.add ((one.isEnabled ? "" : "-") + one.text.fromLastOccurrenceOf ("/", false, false));
        return words;
    };
    desk.type ("Anna: Hello.");
    for (const auto* name : { "one.tableread", "two.tableread" })
    {
        desk.user.file = desk.folder / name;
        desk.control ('s', shift);
    }
    CHECK (recent() == juce::StringArray { "two.tableread", "one.tableread" });
    fs::remove (desk.folder / "one.tableread");
    CHECK (recent() == juce::StringArray { "two.tableread", "-one.tableread" });
}

TEST_CASE ("Files are dropped on the app's window", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    const auto drop = [&] (const juce::StringArray& names) {
        juce::StringArray files;
        for (const auto& name : names)
            files.add (juce::String (desk.folder.string()) + "/" + name);
        CHECK (desk.content->isInterestedInFileDrag (files));
        desk.content->filesDropped (files, 10, 10);
    };
    write (desk.folder / "anna.wav", "RIFF");

    SECTION ("recordings before a script")
    {
        drop ({ "anna.wav" });
        REQUIRE (desk.user.heard.size() == 1);
        CHECK_THAT (desk.user.heard[0], Catch::Contains ("Type or open a script first"));
    }
    SECTION ("a script, and a voice with the name of who speaks")
    {
        write (desk.folder / "scene.txt", scene);
        drop ({ "scene.txt" });
        CHECK (desk.script() == scene);
        CHECK (desk.title == "scene - TableRead");
        drop ({ "anna.wav" });
        const auto document = desk.processor->workspace.document();
        const auto* const anna = project::memberOf (*document, "Anna");
        REQUIRE (anna != nullptr);
        CHECK (anna->moods.at (0).voice.path == desk.folder / "anna.wav");
        desk.content->refresh();
        CHECK (desk.title == "scene * - TableRead");
        CHECK (desk.user.heard.empty());
    }
    SECTION ("a project")
    {
        REQUIRE (project::writeProject (desk.folder / "p.tableread",
                                        { .document = std::make_shared<const project::Document> (
                                              *project::apply ({}, project::SetScript { "Ben: Hello." })) }));
        drop ({ "p.tableread" });
        CHECK (desk.script() == "Ben: Hello.");
    }
    SECTION ("what is none of these")
    {
        desk.type (scene);
        desk.user.answers = { Answer::No };
        write (desk.folder / "subtitles.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello.\n");
        drop ({ "subtitles.srt" });
        CHECK (desk.script() == scene);
        REQUIRE (desk.user.heard.size() == 1);
        CHECK_THAT (desk.user.heard[0], Catch::StartsWith ("Not opened: ") && Catch::Contains ("SRT"));
    }
}

TEST_CASE ("The app's transport plays, returns and stops where the speech ends", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.type ("Anna: Hello.");
    auto& bar = desk.part<TransportBar>();
    const auto position = [&] { return desk.processor->transport.current().sample.value; };
    CHECK (desk.press (juce::KeyPress::spaceKey)); // and has rendered what is missing
    CHECK (bar.isPlaying());
    CHECK (desk.menu (2)[0] == "Stop");
    REQUIRE (eventually ([&] {
        const auto now = desk.processor->workspace.showing();
        return ! now.view->parts.empty() && ! now.isRendering() && now.view->fraction() == 1.0;
    }));
    const auto end = desk.processor->workspace.showing().view->end.value;
    CHECK (end > 0);
    desk.play (20);
    CHECK (position() == 9'600);
    CHECK (desk.press (juce::KeyPress::homeKey));
    desk.play (1);
    CHECK (position() == 480);

    desk.processor->transport.locate ({ 2 * end + 480 });
    desk.play (1);
    bar.refresh();
    CHECK (bar.isPlaying()); // a moment longer
    desk.processor->transport.locate ({ 2 * end + 48'000 });
    desk.play (1);
    bar.refresh();
    CHECK_FALSE (bar.isPlaying());
    desk.play (1);
    CHECK (position() == 0);
}

TEST_CASE ("The app's transport loops what is spoken, or a part that was chosen", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    auto& bar = desk.part<TransportBar>();
    auto& transport = desk.processor->transport;
    CHECK (desk.press ('l'));
    CHECK_FALSE (transport.loop().isOn); // nothing to loop
    desk.type ("Anna: Hello.");
    REQUIRE (renderAll (desk.processor->workspace));
    const auto end = (double) desk.processor->workspace.showing().view->end.value / 24'000.0;
    CHECK (desk.press ('l'));
    CHECK (transport.loop().isOn);
    CHECK (transport.loop().from == 0.0);
    CHECK (transport.loop().to == end);
    auto* const button = findTitled<IconButton> (bar, "Loop");
    REQUIRE (button != nullptr);
    CHECK (button->getToggleState());

    transport.play();
    desk.play ((int) (end * 100.0) + 2); // blocks of 10 ms: once through
    bar.refresh();
    CHECK (bar.isPlaying());
    CHECK (transport.current().sample.value < 2 * 480 + 480);
    transport.setLoop ({ 0.1, 60.0, true }); // the silence behind it too
    transport.locate ({ (std::int64_t) (end * 48'000.0) + 48'000 });
    desk.play (1);
    bar.refresh();
    CHECK (bar.isPlaying());
    CHECK (desk.press ('l'));
    CHECK_FALSE (transport.loop().isOn);
    CHECK (transport.loop().to == 60.0); // it is kept
    CHECK_FALSE (button->getToggleState());
    bar.refresh();
    CHECK_FALSE (bar.isPlaying()); // it has come to the end
}

TEST_CASE ("The app says that no audio device runs, and stops", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    auto& bar = desk.part<TransportBar>();
    desk.press (juce::KeyPress::spaceKey);
    for (int i = 0; i < 100; ++i)
        bar.refresh(); // and no block is asked for
    CHECK_FALSE (bar.isPlaying());
    desk.content->refresh();
    CHECK (desk.part<juce::Label>().getText().startsWith ("No audio device is running"));
}

TEST_CASE ("The app's window shows its editor at the least and at a large size", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    auto& editor = desk.part<juce::AudioProcessorEditor>();
    desk.content->setSize (AppContent::leastWidth, AppContent::leastHeight);
    CHECK (editor.getWidth() == 700);
    CHECK (editor.getHeight() == 450);
    desk.content->setSize (3840, 2160);
    CHECK (editor.getBottom() == 2160);
    CHECK_FALSE (desk.part<TransportBar>().getBounds().intersects (editor.getBounds()));
    CHECK_FALSE (
        desk.part<TransportBar>().getBounds().intersects (desk.part<juce::MenuBarComponent>().getBounds()));
}

TEST_CASE ("The app's window fits the screen that it opens on", "[plugin][app]")
{
    using Area = juce::Rectangle<int>;
    const Area least (700, 488);
    CHECK (scaleThatFits (2.0, { 3840, 2160 }, least) == 2.0);
    CHECK (scaleThatFits (2.0, { 1200, 800 }, least) == Approx (800.0 / 488.0));
    CHECK (scaleThatFits (1.25, { 1200, 800 }, least) == 1.25);
    CHECK (scaleThatFits (2.0, { 640, 480 }, least) == 1.0);

    const Area screen (0, 32, 1200, 768);
    CHECK (fittedTo (screen, { 100, 50, 900, 600 }, least) == Area (100, 50, 900, 600));
    CHECK (fittedTo (screen, { 100, 50, 2200, 1516 }, least) == screen);
    CHECK (fittedTo (screen, { 1000, 700, 900, 600 }, least) == Area (300, 200, 900, 600));
    CHECK (fittedTo (screen, { -500, -90, 900, 600 }, least) == Area (0, 32, 900, 600));
    CHECK (fittedTo ({ 0, 0, 640, 480 }, { 50, 50, 900, 600 }, least) == Area (0, 0, 700, 488));
}

TEST_CASE ("The app's settings are where XDG_CONFIG_HOME says, and take over older ones once",
           "[plugin][app]")
{
    const TemporaryFolder folder;
    const Environment before ({ "XDG_CONFIG_HOME", "HOME" });
    ::setenv ("HOME", folder.path().c_str(), 1);
    ::setenv ("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1);
    fs::create_directories (folder.path() / ".config");
    const std::string session = "{ \"tableread_state\": 1 }";
    write (
        folder.path() / ".config" / "TableRead.settings",
        "<?xml version=\"1.0\"?>\n<PROPERTIES>\n<VALUE name=\"filterState\" val=\"" +
            juce::MemoryBlock (session.data(), session.size()).toBase64Encoding().toStdString() +
            "\"/>\n<VALUE name=\"audioSetup\"><DEVICESETUP deviceType=\"JACK\"/></VALUE>\n</PROPERTIES>\n");
    {
        const auto settings = AppSettings::open();
        CHECK (settings.formerSession == session);
        REQUIRE (settings.file->getXmlValue ("audioSetup") != nullptr);
        CHECK (settings.file->getXmlValue ("audioSetup")->getStringAttribute ("deviceType") == "JACK");
        settings.file->setValue ("scale", 1.25);
        CHECK (settings.file->saveIfNeeded());
    }
    CHECK (fs::exists (folder.path() / "config" / "tableread" / "app.settings"));
    CHECK (fs::exists (folder.path() / ".config" / "TableRead.settings"));
    const auto again = AppSettings::open();
    CHECK (again.formerSession.empty());
    CHECK (again.file->getDoubleValue ("scale") == 1.25);
}

TEST_CASE ("An empty script says what to do first, and clicks go through it", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    auto& editor = dynamic_cast<PluginEditor&> (desk.part<juce::AudioProcessorEditor>());
    const auto steps = [&]() -> EmptyState& {
        for (auto* child : editor.getChildren())
            if (auto* found = dynamic_cast<EmptyState*> (child))
                return *found;
        throw std::runtime_error ("no steps");
    };
    editor.refresh();
    CHECK (steps().isVisible());
    CHECK (steps().getDescription().contains ("Press Play"));
    CHECK_FALSE (steps().hitTest (10, 10));
    const auto picture = steps().createComponentSnapshot (steps().getLocalBounds());
    int accents = 0;
    for (int y = 0; y < picture.getHeight(); ++y)
        for (int x = 0; x < picture.getWidth(); ++x)
            accents += picture.getPixelAt (x, y) == Theme::accent;
    CHECK (accents > 10); // of the numbers
    desk.type (scene);
    REQUIRE (eventually ([&] {
        editor.refresh();
        return ! steps().isVisible();
    }));
    const EmptyState inHost (EmptyState::PlayedBy::Host);
    CHECK (inHost.getDescription().contains ("play in the host"));
    CHECK (editor.getConstrainer()->getMinimumWidth() == 700);
    CHECK (editor.getConstrainer()->getMinimumHeight() == 450);
    CHECK (editor.getConstrainer()->getMaximumWidth() == 3840);
    CHECK (editor.getConstrainer()->getMaximumHeight() == 2160);
}

TEST_CASE ("The app's controls have names for screen readers", "[plugin][app]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    CHECK (namelessIn (*desk.content) == "");
    desk.type (scene);
    CHECK (namelessIn (*desk.content) == "");
}
