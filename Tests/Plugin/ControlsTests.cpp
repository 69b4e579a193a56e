// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Controls.h"
#include "Editor/PluginEditor.h"
#include "Pictures.h"
#include "PluginFixture.h"
#include "Processor/PluginProcessor.h"
#include "StateText.h"
#include "Timeline/Window.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** A plugin's editor without a window. */
struct ControlsDesk
{
    explicit ControlsDesk (const std::string& script)
    {
        processor.workspace.load (StateText { script, 0, false }.text());
        processor.workspace.settle();
        editor.reset (processor.createEditor());
        refresh();
    }

    ~ControlsDesk() { editor.reset(); }

    void refresh() const { dynamic_cast<PluginEditor&> (*editor).refresh(); }

    template <typename Kind>
    Kind& part() const
    {
        for (auto* const child : editor->getChildren())
            if (auto* const kind = dynamic_cast<Kind*> (child))
                return *kind;
        throw std::runtime_error ("no such part");
    }

    juce::ScopedJuceInitialiser_GUI juce;
    PluginFixture fixture;
    PluginProcessor processor { fixture.options() };
    std::unique_ptr<juce::AudioProcessorEditor> editor;
};

juce::StringArray itemsOf (const juce::PopupMenu& menu)
{
    juce::StringArray words;
    for (juce::PopupMenu::MenuItemIterator item (menu); item.next();)
        if (! item.getItem().isSeparator)
            words.add ((item.getItem().isEnabled ? "" : "-") + item.getItem().text);
    return words;
}
} // namespace

TEST_CASE ("Every control has a name for screen readers", "[plugin][editor]")
{
    struct Nameless : juce::Component
    {
        Nameless() { addAndMakeVisible (button); }
        juce::TextButton button;
    } nameless;
    CHECK (namelessIn (nameless) != ""); // that one is found

    ControlsDesk desk (std::string (scene) + "Anna (whispering): Psst.\nBen: What?\n");
    auto& side = desk.part<SidePanel>();
    auto& script = desk.part<ScriptEditor>();
    script.setSpeakers ({ "Anna", "Ben" });
    script.insertTextAtCaret ("\n");
    script.keyPressed (juce::KeyPress ('A', {}, 'A')); // names are offered
    script.openSearch();
    for (const auto tab : { SidePanel::Tab::Cast, SidePanel::Tab::Takes, SidePanel::Tab::Engine })
    {
        side.show (tab);
        desk.refresh();
        for (const auto& [width, height] :
             { std::pair (700, 450), std::pair (1200, 800), std::pair (3840, 2160) })
        {
            desk.editor->setSize (width, height);
            CAPTURE ((int) tab, width);
            CHECK (namelessIn (*desk.editor) == "");
        }
    }
    desk.processor.workspace.load (R"({"tableread_state": 99})");
    desk.refresh();
    CHECK (namelessIn (*desk.editor) == "");
}

TEST_CASE ("The script's menu says what Undo takes back", "[plugin][editor]")
{
    ControlsDesk desk (scene);
    auto& script = desk.part<ScriptEditor>();
    auto& workspace = desk.processor.workspace;
    CHECK (itemsOf (script.makeMenu()).contains ("-Undo"));
    auto settings = workspace.document()->settings;
    settings.seed = 7;
    REQUIRE (workspace.edit (project::SetSettings { settings }));
    const auto name = juce::String::fromUTF8 (workspace.project().undoName().c_str());
    REQUIRE (name.isNotEmpty());
    CHECK (itemsOf (script.makeMenu()).contains ("Undo " + name));
    workspace.undo();
    CHECK (itemsOf (script.makeMenu()).contains ("-Undo"));
    CHECK (itemsOf (script.makeMenu()).contains ("Redo " + name));
}

TEST_CASE ("Speakers' colours go on to the end of a long script", "[plugin][editor]")
{
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += (i % 2 == 0 ? "Anna: Line " : "Ben: Line ") + std::to_string (i) + ".\n";
    ControlsDesk desk (text);
    auto& script = desk.part<ScriptEditor>();
    for (const auto share : { 0.0, 0.45, 0.55, 1.0 }) // 1 500 lines were too many
    {
        const auto place = (int) (share * script.getTotalNumChars());
        script.setHighlightedRegion ({ place, place });
        const auto picture = script.createComponentSnapshot (script.getLocalBounds());
        CAPTURE (share);
        for (const int speaker : { 0, 1 })
            CHECK (pixelsOf (picture, Theme::speaker (speaker)) > 100);
    }
}

TEST_CASE ("Each of sixty speakers has a lane that can be read", "[plugin][timeline]")
{
    std::string text;
    for (int i = 0; i < 60; ++i)
        text += "Speaker " + std::to_string (i) + ": A line of some length.\n";
    for (const auto& [width, height] : { std::pair (700, 180), std::pair (1200, 320) })
    {
        TimelineWindow window (text, width, height);
        for (std::size_t i = 0; i < 60; ++i)
            CHECK (window.areaOf (i).getHeight() >= 34.0f); // they had 15 pixels
    }
}

TEST_CASE ("What JUCE draws in any writing system takes each character from the font that has it",
           "[plugin][text]")
{
    const juce::ScopedJuceInitialiser_GUI juce;
    const juce::SharedResourcePointer<SharedTheme> theme;
    const auto faces = Typefaces::shared();
    for (const bool isBold : { false, true })
    {
        const auto font = Theme::font (20.0f, isBold);
        CHECK (font.getTypefaceName() == juce::Font::getDefaultSansSerifFontName());
        const auto words = juce::String::fromUTF8 ("a\u00e9 \u4f60");
        juce::Array<int> glyphs;
        juce::Array<float> offsets;
        font.getGlyphPositions (words, glyphs, offsets);
        REQUIRE (glyphs.size() == 4);
        REQUIRE (offsets.size() == 5);
        CHECK (font.getStringWidthFloat (words) == Approx (offsets.getLast()));
        const auto wanted = widthOf (*faces, words.toStdString(), 20.0f);
        CHECK (offsets.getLast() == Approx (wanted).epsilon (isBold ? 0.1 : 0.001));
        juce::Path letter, other;
        CHECK (font.getTypefacePtr()->getOutlineForGlyph (glyphs[0], letter));
        CHECK (font.getTypefacePtr()->getOutlineForGlyph (glyphs[3], other));
        CHECK_FALSE (letter.isEmpty());
        CHECK_FALSE (other.isEmpty()); // if only a box
    }
    const auto pixels = [] (bool isBold) {
        const juce::Image picture (juce::Image::RGB, 200, 40, true);
        juce::Graphics g (picture);
        g.setColour (juce::Colours::white);
        g.setFont (Theme::font (24.0f, isBold));
        g.drawText ("Takes", picture.getBounds(), juce::Justification::centred);
        double light = 0.0;
        for (int y = 0; y < 40; ++y)
            for (int x = 0; x < 200; ++x)
                light += picture.getPixelAt (x, y).getBrightness();
        return light;
    };
    CHECK (pixels (true) > 1.15 * pixels (false));
}
