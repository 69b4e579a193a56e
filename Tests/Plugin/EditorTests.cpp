// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>

#include <catch2/catch.hpp>

#include "Editor/PluginEditor.h"
#include "PluginFixture.h"
#include "Processor/PluginProcessor.h"
#include "Support/Environment.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
SessionState sceneState (std::uint64_t seed = 0)
{
    SessionState state;
    state.script = scene;
    state.seed = seed;
    return state;
}

/** A plugin and its editor, without a window: drawn into an image, used through its buttons. */
struct Desk
{
    explicit Desk (const PluginFixture& fixture) : Desk (fixture.folder.path() / "engine.sock") {}

    explicit Desk (const std::filesystem::path& socket)
    {
        ::setenv ("TABLEREAD_SOCKET", socket.c_str(), 1);
        processor = std::make_unique<PluginProcessor>();
        ::unsetenv ("TABLEREAD_SOCKET");
        editor.reset (processor->createEditor());
    }

    ~Desk() { editor.reset(); }

    void refresh() const { dynamic_cast<PluginEditor&> (*editor).refresh(); }

    template <typename Kind>
    Kind* find (const std::function<bool (Kind&)>& isIt, juce::Component* in = nullptr) const
    {
        for (auto* child : (in == nullptr ? editor.get() : in)->getChildren())
        {
            if (auto* kind = dynamic_cast<Kind*> (child); kind != nullptr && isIt (*kind))
                return kind;
            if (auto* inside = find<Kind> (isIt, child))
                return inside;
        }
        return nullptr;
    }

    juce::TextButton* button (const juce::String& text) const
    {
        return find<juce::TextButton> ([&] (auto& each) { return each.getButtonText() == text; });
    }

    bool shows (const juce::String& text) const
    {
        return find<juce::Label> ([&] (auto& each) { return each.getText().contains (text); }) != nullptr;
    }

    /** How many pixels of the editor's component `Part` have exactly this colour. */
    template <typename Part>
    int pixels (juce::Colour colour) const
    {
        auto* part = find<Part> ([] (auto&) { return true; });
        const auto picture = part->createComponentSnapshot (part->getLocalBounds());
        int count = 0;
        for (int y = 0; y < picture.getHeight(); ++y)
            for (int x = 0; x < picture.getWidth(); ++x)
                count += picture.getPixelAt (x, y) == colour;
        return count;
    }

    juce::ScopedJuceInitialiser_GUI juce;
    std::unique_ptr<PluginProcessor> processor;
    std::unique_ptr<juce::AudioProcessorEditor> editor;
};
} // namespace

TEST_CASE ("The editor shows the script's cast, renders it and draws its speech", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.processor->session.load (toText (sceneState()));
    desk.refresh();
    CHECK (desk.find<ScriptEditor> ([] (auto& each) { return each.text() == scene; }) != nullptr);
    CHECK (desk.find<juce::ComboBox> ([] (auto& each) { return each.getText() == "Ben"; }) != nullptr);
    CHECK (desk.pixels<ScriptEditor> (Theme::speaker (1)) > 50); // the stripes of Ben's lines
    CHECK (desk.pixels<WaveformView> (Theme::speaker (1)) == 0);

    REQUIRE (desk.button ("Render") != nullptr);
    desk.button ("Render")->onClick();
    desk.processor->session.performance().waitUntilDone();
    desk.refresh();
    CHECK (desk.shows ("Done: 5 lines"));
    CHECK (desk.shows ("TableRead"));
    CHECK (desk.pixels<WaveformView> (Theme::speaker (1)) > 1000);
    CHECK (desk.button ("Model: tones") != nullptr);
}

TEST_CASE ("The editor shows safe mode, and a way out of it", "[plugin][editor]")
{
    const test::TemporaryFolder folder;
    const Environment before ({ "TABLEREAD_ENGINE" });
    ::setenv ("TABLEREAD_ENGINE", "/bin/false", 1);
    const Desk desk (folder.path() / "engine.sock");
    desk.processor->session.load (toText (sceneState()));
    desk.button ("Render")->onClick();
    desk.processor->session.performance().waitUntilDone();
    desk.refresh();
    CHECK (desk.shows ("Safe mode: the engine ended with exit code 1"));
    REQUIRE (desk.button ("Safe mode") != nullptr);
    CHECK (desk.processor->session.tryAgain (true));
    CHECK_FALSE (desk.processor->session.performance().view().link.safeMode);
    desk.refresh();
    CHECK (desk.button ("Engine") != nullptr);
    desk.processor->session.performance().waitUntilDone();
}

TEST_CASE ("The editor says what went wrong, and stops when asked", "[plugin][editor]")
{
    test::FakeFaults faults;
    SECTION ("refused by the engine")
    {
        faults.refuseStatus = 404;
        PluginFixture fixture (faults);
        Desk desk (fixture);
        desk.processor->session.load (toText (sceneState()));
        desk.refresh();
        desk.button ("Render")->onClick();
        desk.processor->session.performance().waitUntilDone();
        desk.refresh();
        CHECK (desk.shows ("voice \"Ada\": the file is not audio"));
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
        desk.processor->session.load (toText (sceneState()));
        desk.refresh();
        desk.button ("Render")->onClick();
        desk.refresh();
        REQUIRE (desk.button ("Stop") != nullptr);
        desk.button ("Stop")->onClick();
        desk.processor->session.performance().waitUntilDone();
        desk.refresh();
        CHECK (desk.shows ("Stopped after 0 lines"));
    }
    SECTION ("a session of a newer version")
    {
        PluginFixture fixture;
        Desk desk (fixture);
        desk.processor->session.load (R"({"tableread_state": 99})");
        desk.refresh();
        CHECK (desk.shows ("newer TableRead"));
    }
}

TEST_CASE ("What is typed into the editor is the session's, and can be taken back", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    desk.processor->session.load (toText (sceneState()));
    desk.refresh();
    auto* script = desk.find<ScriptEditor> ([] (auto&) { return true; });
    REQUIRE (script != nullptr);
    script->setHighlightedRegion ({ 0, 0 });
    script->insertTextAtCaret ("Clara: Who is there?\n");
    const auto longer = "Clara: Who is there?\n" + std::string (scene);
    CHECK (desk.processor->session.state().script == longer);
    CHECK (eventually ([&] {
        desk.refresh();
        return desk.find<juce::ComboBox> ([] (auto& each) { return each.getText() == "Clara"; }) != nullptr;
    }));
    script->onUndo();
    CHECK (script->text() == scene);
    CHECK (desk.processor->session.state().script == scene);
    script->onRedo();
    CHECK (desk.processor->session.state().script == longer);
}

TEST_CASE ("A seed may be as large as seeds are", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    auto* seed = desk.find<juce::TextEditor> ([] (auto& each) { return each.getText() == "0"; });
    REQUIRE (seed != nullptr);
    seed->setText ("18446744073709551615", false);
    seed->onTextChange();
    CHECK (desk.processor->session.state().seed == 18'446'744'073'709'551'615u);
    seed->setText ("18446744073709551616", false);
    seed->onTextChange();
    desk.refresh();
    CHECK (desk.shows ("at most 18446744073709551615"));
    CHECK (desk.processor->session.state().seed == 18'446'744'073'709'551'615u);
}

TEST_CASE ("Opening and closing the editor leaves the session as it was", "[plugin][editor]")
{
    PluginFixture fixture;
    Desk desk (fixture);
    const auto state = toText (sceneState (18'000'000'000'000'000'000u));
    desk.processor->session.load (state);
    for (int i = 0; i < 20; ++i)
    {
        desk.editor.reset();
        desk.editor.reset (desk.processor->createEditor());
        desk.refresh();
    }
    CHECK (desk.processor->session.save() == state);
}
