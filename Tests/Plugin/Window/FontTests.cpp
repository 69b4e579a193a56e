// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <fstream>
#include <set>

#include "Editor/Text/Drawing.h"
#include "Editor/Text/FontFiles.h"
#include "Plugin/Pictures.h"
#include "Plugin/StateText.h"
#include "Screen.h"
#include "Support/Environment.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** Latin, Chinese, Japanese and Korean. None of them is drawn as a box, as U+53E3 would be. */
const char* const mixedLine =
    "Anna: Good evening, \u4f60\u597d\uff0c\u4e16\u754c \u3053\u3093\u306b\u3061\u306f "
    "\u30ab\u30bf\u30ab\u30ca \uc548\ub155\ud558\uc138\uc694 caf\u00e9.";

constexpr float boxScale = 3.0f; // at which a box has an inside

/** Whether what is drawn in a part of a picture is the frame that fonts have in place of a character: four sides and nothing
    within. */
bool isBox (const juce::Image& picture, juce::Rectangle<int> area)
{
    const auto ground = picture.getPixelAt (area.getX(), area.getY());
    const auto isInk = [&] (int x, int y) {
        return std::abs (picture.getPixelAt (x, y).getBrightness() - ground.getBrightness()) > 0.25f;
    };
    juce::Rectangle<int> ink;
    for (int y = area.getY(); y < area.getBottom(); ++y)
        for (int x = area.getX(); x < area.getRight(); ++x)
            if (isInk (x, y))
                ink = ink.getUnion ({ x, y, 1, 1 });
    if (ink.getWidth() < 8 || ink.getHeight() < 16)
        return false;
    const auto share = [&] (juce::Rectangle<int> part) {
        int count = 0;
        for (int y = part.getY(); y < part.getBottom(); ++y)
            for (int x = part.getX(); x < part.getRight(); ++x)
                count += isInk (x, y);
        return (double) count / (part.getWidth() * part.getHeight());
    };
    const auto side = [&] (juce::Rectangle<int> strip, bool isUpright) { // its fullest line
        double most = 0.0;
        for (int i = 0; i < (isUpright ? strip.getWidth() : strip.getHeight()); ++i)
            most = std::max (most, share (isUpright ? strip.withX (strip.getX() + i).withWidth (1)
                                                    : strip.withY (strip.getY() + i).withHeight (1)));
        return most;
    };
    constexpr int thick = 4;
    const bool isFramed = side (ink.withWidth (thick), true) > 0.9 &&
                          side (ink.withLeft (ink.getRight() - thick), true) > 0.9 &&
                          side (ink.withHeight (thick), false) > 0.9 &&
                          side (ink.withTop (ink.getBottom() - thick), false) > 0.9;
    return isFramed && share (ink.reduced (ink.getWidth() / 4, ink.getHeight() / 4)) == 0.0;
}

/** Shows a script in the editor and looks at each of its first line's characters. @returns how many are boxes. */
int boxesIn (juce::AudioProcessorEditor& editor, const std::string& name)
{
    auto* const script = findShown<ScriptEditor> (editor);
    REQUIRE (script != nullptr);
    const auto picture = pictureOf (editor, name, boxScale);
    const auto characters = juce::String::fromUTF8 (mixedLine);
    int boxes = 0;
    for (int i = 0; i < characters.length(); ++i)
    {
        const auto here = script->getCaretRectangleForCharIndex (i),
                   next = script->getCaretRectangleForCharIndex (i + 1);
        const auto area = editor.getLocalArea (script, here.withRight (next.getX()));
        boxes += isBox (picture, (area.toFloat() * boxScale).toNearestInt());
    }
    return boxes;
}

/** Likewise of text that JUCE draws, in labels, menus and fields. */
int boxesOfJuce()
{
    int boxes = 0;
    for (auto at = juce::CharPointer_UTF8 (mixedLine); ! at.isEmpty();)
        for (const bool isBold : { false, true })
        {
            const juce::Image picture (juce::Image::RGB, 80, 80, true);
            juce::Graphics g (picture);
            g.setColour (juce::Colours::white);
            g.setFont (Theme::font (48.0f, isBold));
            auto one = at;
            g.drawText (juce::String::charToString (*one), picture.getBounds(), juce::Justification::centred);
            boxes += isBox (picture, picture.getBounds());
            if (isBold)
                ++at;
        }
    return boxes;
}

/** A plugin and its editor with the line, as the environment is now. */
struct MixedDesk
{
    MixedDesk()
    {
        processor.workspace.load (StateText { mixedLine, 0, false }.text());
        processor.workspace.settle();
        editor.reset (processor.createEditor());
        editor->setSize (1200, 600);
        dynamic_cast<PluginEditor&> (*editor).refresh();
    }

    ~MixedDesk() { editor.reset(); }

    Screen screen; // without a display there is no editor
    WindowJuce juce;
    PluginFixture fixture;
    PluginProcessor processor { fixture.options() };
    std::unique_ptr<juce::AudioProcessorEditor> editor;
};
} // namespace

TEST_CASE ("A line of Latin, Chinese, Japanese and Korean is drawn without a box for a missing character",
           "[plugin][fonts][.slow]")
{
    const auto file = systemCjkFont();
    INFO ("Assets/setup/test soak installs fonts-noto-cjk");
    REQUIRE (file);
    MixedDesk desk;
    CHECK (boxesIn (*desk.editor, "fonts-mixed") == 0);
    CHECK (boxesOfJuce() == 0);
    CHECK (findShown<ScriptEditor> (*desk.editor)->notice().isEmpty());
}

TEST_CASE ("Where fontconfig hides the fonts the editor names the package to install",
           "[plugin][fonts][.slow]")
{
    const test::TemporaryFolder folder;
    const Environment before ({ "FONTCONFIG_FILE" });
    const auto settings = folder.path() / "fonts.conf";
    std::ofstream (settings) << "<?xml version=\"1.0\"?><fontconfig><dir>" << TABLEREAD_ROOT
                             << "/Assets/fonts</dir><cachedir>" << folder.path().string()
                             << "</cachedir></fontconfig>\n";
    ::setenv ("FONTCONFIG_FILE", settings.c_str(), 1);
    CHECK_FALSE (systemCjkFont());
    MixedDesk desk;
    CHECK (boxesIn (*desk.editor, "fonts-hidden") >= 15); // and so a box is seen where there is one
    CHECK (boxesOfJuce() >= 30);
    CHECK (findShown<ScriptEditor> (*desk.editor)->notice().contains ("fonts-noto-cjk"));
}
