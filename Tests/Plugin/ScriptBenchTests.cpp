// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <iostream>

#include <catch2/catch.hpp>

#include "Editor/PluginEditor.h"
#include "PluginFixture.h"
#include "Processor/PluginProcessor.h"
#include "StateText.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** A plugin's editor of 1200 × 800 and how long a key takes in it: typed, handed to the session, and drawn. */
struct Bench
{
    explicit Bench (const std::string& text)
    {
        editor.reset (processor.createEditor());
        editor->setSize (1200, 800);
        processor.workspace.load (StateText { text, 0, false }.text());
        plugin().refresh();
        for (auto* child : editor->getChildren())
            if (auto* found = dynamic_cast<ScriptEditor*> (child))
                script = found;
        REQUIRE (script != nullptr);
        draw();
    }

    PluginEditor& plugin() const { return dynamic_cast<PluginEditor&> (*editor); }

    void draw() const { script->createComponentSnapshot (script->getLocalBounds()); }

    template <typename Action>
    double milliseconds (Action&& action) const
    {
        const auto begun = std::chrono::steady_clock::now();
        action();
        draw();
        return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begun).count();
    }

    /** The longest of forty keys but two. */
    double key() const
    {
        std::vector<double> times;
        times.reserve (40);
        for (int i = 0; i < 40; ++i)
            times.push_back (milliseconds ([&] {
                script->keyPressed (juce::KeyPress ('a' + i % 26, {}, (juce::juce_wchar) ('a' + i % 26)));
            }));
        std::sort (times.begin(), times.end());
        return times[times.size() - 3];
    }

    /** What the timer does after a pause in typing. */
    double reading() const
    {
        return milliseconds ([&] {
                   std::this_thread::sleep_for (std::chrono::milliseconds (500));
                   plugin().refresh();
               }) -
               500.0;
    }

    juce::ScopedJuceInitialiser_GUI juce;
    TemporaryFolder folder;
    PluginProcessor processor { optionsIn (folder.path()) };
    std::unique_ptr<juce::AudioProcessorEditor> editor;
    ScriptEditor* script = nullptr;
};

constexpr double frame = 16.0; // milliseconds

void report (const char* what, double time)
{
    std::cout << what << ": " << time << " ms\n";
}
} // namespace

TEST_CASE ("A key takes less than a frame in 500 lines and two in 3000", "[.slow][serial][plugin][script]")
{
    const auto lines = GENERATE (60, 500, 3000);
    const Bench bench (manyLines (lines));
    const auto limit = lines > 500 ? 2.0 * frame : frame;
    const auto middle = bench.script->getTotalNumChars() / 2;
    std::cout << lines << " lines\n";
    for (const auto caret : { 0, middle, bench.script->getTotalNumChars() })
    {
        bench.script->setHighlightedRegion ({ caret, caret });
        const auto time = bench.key();
        report ("  a key", time);
        CHECK (time <= limit);
    }
    bench.script->setHighlightedRegion ({ middle, middle });
    const auto lineEnd =
        bench.milliseconds ([&] { bench.script->keyPressed (juce::KeyPress (juce::KeyPress::returnKey)); });
    report ("  a line end", lineEnd);
    CHECK (lineEnd <= limit);
    report ("  reading it after a pause", bench.reading());
}

TEST_CASE ("A key takes less than two frames when everything is selected", "[.slow][serial][plugin][script]")
{
    const auto lines = GENERATE (500, 3000);
    const Bench bench (manyLines (lines));
    const auto all = juce::KeyPress ('a', juce::ModifierKeys::commandModifier, 0);
    const auto select = bench.milliseconds ([&] { bench.script->keyPressed (all); });
    const auto extend = bench.milliseconds ([&] {
        bench.script->keyPressed (
            juce::KeyPress (juce::KeyPress::leftKey, juce::ModifierKeys::shiftModifier, 0));
    });
    bench.script->keyPressed (all);
    const auto replace =
        bench.milliseconds ([&] { bench.script->keyPressed (juce::KeyPress ('x', {}, 'x')); });
    std::cout << lines << " lines\n";
    report ("  select all", select);
    report ("  a step of the selection", extend);
    report ("  a key that replaces all", replace);
    CHECK (select <= 2.0 * frame);
    CHECK (extend <= 2.0 * frame);
    CHECK (replace <= 2.0 * frame);
}

TEST_CASE ("A key takes less than two frames in a line of 100 kB", "[.slow][serial][plugin][script]")
{
    const auto filler = GENERATE (std::string ("x"), std::string ("\u4f60"));
    std::string text;
    while (text.size() < 100'000)
        text += filler;
    const Bench bench ("Anna: hi\n");
    bench.script->setHighlightedRegion ({ 6, 6 });
    const auto typed = [&] (const std::string& words) {
        return bench.milliseconds (
            [&] { bench.script->insertTextAtCaret (juce::String::fromUTF8 (words.c_str())); });
    };
    std::cout << "100 kB of " << filler << "\n";
    const auto first = typed (filler); // a font of the system is loaded once, and has 20 MB
    report ("  the first character", first);
    CHECK (first <= 4.0 * frame);
    const auto paste = typed (text);
    report ("  pasted", paste);
    CHECK (paste <= 2.0 * frame);
    const auto end = bench.script->getTotalNumChars();
    for (const auto caret : { 6, end / 2, end - 3 })
    {
        bench.script->setHighlightedRegion ({ caret, caret });
        const auto time = bench.key();
        report ("  a key", time);
        CHECK (time <= 2.0 * frame);
    }
    report ("  reading it after a pause", bench.reading());
}
