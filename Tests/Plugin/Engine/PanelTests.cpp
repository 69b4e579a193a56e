// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

#include <catch2/catch.hpp>

#include "Editor/Engine/Panel.h"
#include "Editor/Look/Theme.h"
#include "Plugin/Pictures.h"
#include "Plugin/PluginFixture.h"
#include "Support/FakeEngine.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** A panel without a window, and an operator that is watched as if there were one. */
struct PanelDesk
{
    explicit PanelDesk (const std::string& settings = {}, int width = 1000, int height = 640)
    {
        if (! settings.empty())
            std::ofstream (file()) << settings;
        EngineOperator::Options options;
        options.engine.socket = folder.path() / "engine.sock";
        options.engine.search.setting = "/nowhere/tableread-engine";
        options.every = std::chrono::milliseconds (10);
        engine = std::make_unique<EngineOperator> (options);
        panel = std::make_unique<EnginePanel> (*engine, SettingsPlace { file(), {}, "/home/ada" },
                                               EngineSurroundings {});
        panel->setSize (width, height);
        engine->setWatched (true);
    }

    std::filesystem::path file() const { return folder.path() / "settings.toml"; }

    std::string written() const
    {
        std::ifstream in (file());
        return { std::istreambuf_iterator<char> (in), {} };
    }

    template <typename Kind>
    Kind* find (const std::function<bool (Kind&)>& isIt, juce::Component* in = nullptr) const
    {
        for (auto* child : (in == nullptr ? panel.get() : in)->getChildren())
        {
            if (auto* kind = dynamic_cast<Kind*> (child); kind != nullptr && isIt (*kind))
                return kind;
            if (auto* inside = find<Kind> (isIt, child))
                return inside;
        }
        return nullptr;
    }

    juce::TextButton& button (const char* text) const
    {
        auto* found = find<juce::TextButton> ([&] (auto& each) { return each.getButtonText() == text; });
        REQUIRE (found != nullptr);
        return *found;
    }

    template <typename Control>
    Control& control (const char* title) const
    {
        auto* found = find<Control> ([&] (auto& each) { return each.getTitle() == title; });
        REQUIRE (found != nullptr);
        return *found;
    }

    bool says (const std::string& text) const
    {
        panel->refresh();
        return find<juce::Label> ([&] (auto& each) {
                   return each.getText().contains (juce::String::fromUTF8 (text.c_str()));
               }) != nullptr;
    }

    bool comesToSay (const std::string& text) const
    {
        return eventually ([&] { return says (text); }, std::chrono::seconds (20));
    }

    static void type (juce::TextEditor& field, const char* text)
    {
        field.setText (text, false); // it would tell by a message, and there is no message loop
        field.onTextChange();
    }

    void choose (const char* list, const char* item) const
    {
        auto& box = control<juce::ComboBox> (list);
        for (int i = 0; i < box.getNumItems(); ++i)
            if (box.getItemText (i).startsWith (item))
                box.setSelectedItemIndex (i, juce::sendNotificationSync);
        REQUIRE (box.getText().startsWith (item));
    }

    juce::ScopedJuceInitialiser_GUI juce;
    juce::SharedResourcePointer<SharedTheme> theme;
    TemporaryFolder folder;
    std::unique_ptr<EngineOperator> engine;
    std::unique_ptr<EnginePanel> panel;
};
} // namespace

TEST_CASE ("The engine panel shows the engine and the memory of other settings, and applies them",
           "[plugin][editor][engine]")
{
    PanelDesk desk ("[offload]\npreset = \"budget\" # mine\n");
    FakeEngine engine (desk.folder.path() / "engine.sock");
    REQUIRE (desk.comesToSay ("of 28 layers stay there"));
    CHECK (desk.says ("40 ms for 133 ms of speech"));
    CHECK (desk.says ("2.00\u00d7 real time"));
    CHECK (desk.comesToSay ("Together"));
    CHECK_FALSE (desk.button ("Revert").isEnabled());
    picture (*desk.panel, "engine-ready");

    desk.choose ("On the GPU", "A number of layers");
    auto& count = desk.control<juce::TextEditor> ("Number of layers on the GPU");
    CHECK (count.isVisible());
    desk.type (count, "20");
    CHECK (desk.comesToSay ("Lower the number of layers on the GPU to 18"));
    CHECK_FALSE (desk.button ("Apply").isEnabled()); // what would not fit is not tried
    CHECK (desk.button ("Revert").isEnabled());
    picture (*desk.panel, "engine-too-much");

    desk.type (count, "12");
    desk.type (desk.control<juce::TextEditor> ("Cache trim"), "0");
    CHECK (desk.comesToSay ("12 of 28 layers stay on the GPU"));
    REQUIRE (desk.button ("Apply").isEnabled());
    CHECK (desk.written() == "[offload]\npreset = \"budget\" # mine\n"); // so far
    desk.button ("Apply").onClick();
    CHECK (desk.written() == "[offload]\ngpu_layers = 12\ncache_trim_interval = 0\n# mine\n");
    CHECK (desk.comesToSay ("12 of 28 layers stay there"));
    CHECK (engine.modelRequests().back() == R"({"cache_trim_interval":0,"gpu_layers":12})");
    CHECK_FALSE (desk.button ("Revert").isEnabled());
}

TEST_CASE ("The engine panel shows how far a loading is, and can leave it", "[plugin][editor][engine]")
{
    PanelDesk desk;
    FakeFaults faults;
    faults.reloadMs = 60'000;
    FakeEngine engine (desk.folder.path() / "engine.sock", faults);
    REQUIRE (desk.comesToSay ("Ready."));
    desk.choose ("On the GPU", "minimal");
    REQUIRE (eventually ([&] {
        desk.panel->refresh();
        return desk.button ("Apply").isEnabled();
    }));
    desk.button ("Apply").onClick();
    CHECK (desk.comesToSay ("Loading tones (53 MB)"));
    CHECK (desk.find<juce::ProgressBar> ([] (auto&) { return true; })->isVisible());
    CHECK_FALSE (desk.button ("Apply").isEnabled());
    REQUIRE (desk.button ("Cancel").isVisible());
    picture (*desk.panel, "engine-loading");
    desk.button ("Cancel").onClick();
    CHECK (eventually ([&] {
        desk.panel->refresh();
        return ! desk.button ("Cancel").isVisible();
    }));
}

TEST_CASE ("The engine panel offers what helps where no engine runs", "[plugin][editor][engine]")
{
    PanelDesk desk;
    REQUIRE (desk.comesToSay ("No engine runs."));
    CHECK (desk.button ("Start").isVisible());
    CHECK_FALSE (desk.button ("Stop").isVisible());
    picture (*desk.panel, "engine-absent");
    desk.button ("Start").onClick();
    CHECK (desk.comesToSay ("/nowhere/tableread-engine: the engine that the setting names"));

    std::vector<bool> tried;
    bool isSafe = true;
    desk.panel->link = [&] {
        EnginePanel::Link link;
        if (isSafe)
            link.status.safeMode = SafeMode { "the engine ended with exit code 3", {} };
        return link;
    };
    desk.panel->onTryAgain = [&] (bool withEmbeddedModel) { tried.push_back (withEmbeddedModel); };
    CHECK (desk.comesToSay ("Safe mode: The engine ended with exit code 3."));
    CHECK_FALSE (desk.button ("Start").isVisible());
    picture (*desk.panel, "engine-safe-mode");
    REQUIRE (desk.button ("Try again").isVisible());
    desk.button ("Try again").onClick();
    desk.button ("With the embedded model").onClick();
    CHECK (tried == std::vector<bool> { false, true });
    isSafe = false;
    desk.panel->refresh();
    CHECK_FALSE (desk.button ("Try again").isVisible());
    desk.button ("Open log").onClick();
    CHECK (desk.says ("There is no log yet"));
    const auto log = desk.engine->log();
    std::ofstream { log } << "ended";
    desk.button ("Open log").onClick(); // nothing opens it on this desk's machine
    const auto* const said = desk.find<juce::Label> ([&] (auto& each) {
        return each.getText().contains ("xdg-open is missing") && each.getText().endsWith (log.c_str());
    });
    REQUIRE (said != nullptr);
    const auto below = said->getY() - desk.button ("Open log").getBottom();
    CHECK (below > 0);
    CHECK (below < 20);
    CHECK (said->getHeight() > 14);
}

TEST_CASE ("The engine panel touches no settings file with a mistake", "[plugin][editor][engine]")
{
    PanelDesk desk ("threads = 1\nthread = 2\n");
    CHECK (desk.says ("settings.toml:2: thread is not a setting. Did you mean threads?"));
    CHECK_FALSE (desk.button ("Apply").isEnabled());
    desk.panel->refresh();
    picture (*desk.panel, "engine-mistake");
    std::ofstream (desk.file()) << "device = \"cpu\"\n";
    REQUIRE (desk.button ("Revert").isEnabled());
    desk.button ("Revert").onClick();
    CHECK_FALSE (desk.says ("is not a setting"));
    CHECK (desk.control<juce::ComboBox> ("Device").getText() == "The CPU");

    std::ofstream (desk.file()) << "thread = 2\n"; // by somebody else, after it was read
    desk.choose ("Device", "The first GPU");
    REQUIRE (desk.button ("Apply").isEnabled());
    desk.button ("Apply").onClick();
    CHECK (desk.says ("settings.toml:1: thread is not a setting"));
    CHECK (desk.written() == "thread = 2\n");
}

TEST_CASE ("The engine panel keeps settings for an engine that does not run yet", "[plugin][editor][engine]")
{
    PanelDesk desk;
    REQUIRE (desk.comesToSay ("No engine runs."));
    desk.type (desk.control<juce::TextEditor> ("Model"), "../big"); // models/big is a name in the hub
    CHECK (desk.says ("The model is a whole path"));
    CHECK_FALSE (desk.button ("Apply").isEnabled());
    const auto folder = (desk.folder.path() / "big").string();
    desk.type (desk.control<juce::TextEditor> ("Model"), folder.c_str());
    desk.choose ("Weights", "8 bits, whole");
    CHECK (desk.says ("Apply starts it anew"));
    desk.button ("Apply").onClick();
    CHECK (desk.says (folder + " does not exist."));
    CHECK (desk.written().empty());
    std::filesystem::create_directory (folder);
    std::ofstream (folder + "/config.json") << "{}";
    desk.button ("Apply").onClick();
    CHECK_FALSE (desk.says ("does not exist"));
    CHECK (desk.written() == "[[models]]\npath = \"" + folder + "\"\n\n[offload]\nweights = \"int8\"\n");
    desk.type (desk.control<juce::TextEditor> ("Model"), "");
    desk.button ("Apply").onClick();
    CHECK_FALSE (desk.says ("has no path"));
    CHECK (desk.written() == "\n[offload]\nweights = \"int8\"\n");
    REQUIRE (desk.engine->begin ({ EngineOperation::Kind::Stop })); // behind what else was begun
    REQUIRE (eventually ([&] { return desk.engine->view()->ended.has_value(); }));
    CHECK (desk.engine->view()->ended->number == 1u);
}

TEST_CASE ("The engine panel ends no engine for a model that is not there", "[plugin][editor][engine]")
{
    PanelDesk desk;
    FakeEngine engine (desk.folder.path() / "engine.sock");
    REQUIRE (desk.comesToSay ("Ready."));
    desk.type (desk.control<juce::TextEditor> ("Model"), "/nowhere/big");
    desk.button ("Apply").onClick();
    CHECK (desk.says ("/nowhere/big does not exist. Choose the model's folder."));
    CHECK (desk.written().empty());
    CHECK_FALSE (desk.engine->view()->running); // nothing was begun
    CHECK (desk.says ("Ready."));
    CHECK (desk.button ("Apply").isEnabled());
}

TEST_CASE ("The engine panel fits a small window and a large one", "[plugin][editor][engine]")
{
    const bool isSafe = GENERATE (false, true);
    for (const auto& [width, height] :
         { std::pair { 500, 380 }, std::pair { 700, 450 }, std::pair { 2400, 1400 } })
    {
        PanelDesk desk ("[[models]]\npath = \"/models/VibeVoice-7B\"\n", width, height);
        std::optional<FakeEngine> engine;
        if (! isSafe)
            engine.emplace (desk.folder.path() / "engine.sock");
        desk.panel->link = [isSafe] {
            EnginePanel::Link link;
            if (isSafe)
                link.status.safeMode = SafeMode { "the engine ended with exit code 3", {} };
            return link;
        };
        REQUIRE (desk.comesToSay (isSafe ? "Known when an engine runs" : "Together"));
        picture (*desk.panel, (isSafe ? "engine-safe-" : "engine-") + std::to_string (width));
        auto* view = desk.find<juce::Viewport> ([] (auto&) { return true; });
        auto* content = view->getViewedComponent();
        CHECK (content->getWidth() <= width);
        for (auto* part : content->getChildren())
        {
            CAPTURE (width, part->getName().toStdString(), part->getBounds().toString().toStdString());
            CHECK ((! part->isVisible() || content->getLocalBounds().contains (part->getBounds())));
            for (auto* other : content->getChildren())
                if (part != other && part->isVisible() && other->isVisible())
                    CHECK (! part->getBounds().intersects (other->getBounds()));
        }
    }
}
