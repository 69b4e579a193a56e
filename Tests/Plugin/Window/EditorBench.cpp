// SPDX-License-Identifier: GPL-3.0-or-later
// What a key and a paint cost in the plugin's editor, in a window of 1200 × 800 that JUCE's software renderer draws. A key is
// timed from the moment at which another thread hands it to the message thread, which may be busy, to the end of its paint.
// What is left out is the wait for the screen's next frame.
#include <algorithm>
#include <atomic>
#include <ctime>
#include <exception>
#include <iostream>
#include <thread>
#include <vector>

#include <pthread.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "Bench/Percentiles.h"
#include "Editor/PluginEditor.h"
#include "MessageLoop.h"
#include "Plugin/PluginFixture.h"
#include "Plugin/StateText.h"
#include "Support/VirtualDisplay.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
using Clock = std::chrono::steady_clock;
using juce::KeyPress;
using juce::ModifierKeys;

constexpr double frameMs = 16.0;                        // of the limits: a key in 500 lines, any paint
constexpr double longFrameMs = 32.0;                    // 3000 lines, everything selected, a line of 100 kB
constexpr std::chrono::milliseconds betweenKeys { 40 }; // of a fast typist

double since (Clock::time_point begin)
{
    return std::chrono::duration<double, std::milli> (Clock::now() - begin).count();
}

double cpuMs (clockid_t thread)
{
    timespec now {};
    ::clock_gettime (thread, &now);
    return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

double threadMs()
{
    return cpuMs (CLOCK_THREAD_CPUTIME_ID);
}

/** The editor's window, which times its paints by the thread's own time: what else runs on the machine does not count. */
struct BenchWindow : juce::Component
{
    void paint (juce::Graphics&) override { begun = threadMs(); }
    void paintOverChildren (juce::Graphics&) override { paints.push_back (threadMs() - begun); }

    double begun = 0.0;
    std::vector<double> paints;
};

/** How long a key takes until its paint has ended: on the clock, and of the message thread's own time, which does not count what
    else runs on the machine. */
struct KeyTime
{
    double wall = 0.0, own = 0.0;
};

struct KeyTimes
{
    void add (const KeyTime& one)
    {
        wall.push_back (one.wall);
        own.push_back (one.own);
    }

    std::vector<double> wall, own;
};

/** A plugin with a script, whose window is on the screen and has the keyboard. */
class Bench
{
public:
    Bench (const std::string& text, FakeFaults faults = {}) : fixture (std::move (faults))
    {
        processor.workspace.load (StateText { text, 0, false }.text());
        processor.workspace.settle();
        editor.reset (processor.createEditor());
        if (editor == nullptr)
            throw std::runtime_error ("no editor");
        window.addAndMakeVisible (*editor);
        window.setSize (1200, 800);
        editor->setBounds (window.getLocalBounds());
        window.addToDesktop (0);
        window.setTopLeftPosition (0, 0);
        window.setVisible (true);
        for (auto* const child : editor->getChildren())
            if (auto* const found = dynamic_cast<ScriptEditor*> (child))
                script = found;
        dispatchFor (std::chrono::milliseconds (500));
        window.getPeer()->grabFocus();
        script->grabKeyboardFocus();
        dispatchFor (std::chrono::milliseconds (500));
        if (! script->hasKeyboardFocus (false))
            throw std::runtime_error ("the script does not get the keyboard");
    }

    ~Bench() { editor.reset(); }

    KeyTime press (const KeyPress& key)
    {
        std::atomic<bool> isPressed { false };
        Clock::time_point asked;
        double ownBegin = 0.0;
        KeyTime took;
        clockid_t messageThread {};
        ::pthread_getcpuclockid (::pthread_self(), &messageThread);
        const auto paints = window.paints.size();
        std::thread hand ([&] {
            std::this_thread::sleep_for (
                pause); // until some moment of what the message thread does by itself
            asked = Clock::now();
            ownBegin = cpuMs (messageThread);
            juce::MessageManager::callAsync ([&] {
                auto& peer = *window.getPeer();
                peer.handleKeyPress (key);
                peer.performAnyPendingRepaintsNow();
                isPressed = true;
            });
        });
        pause = std::chrono::milliseconds ((pause.count() + 7) % betweenKeys.count());
        const auto isPainted = [&] {
            if (isPressed && window.paints.size() > paints && took.wall == 0.0)
                took = { since (asked), threadMs() - ownBegin };
            return took.wall > 0.0;
        };
        const bool hasCome = dispatchUntil (isPainted);
        hand.join();
        if (! hasCome)
            throw std::runtime_error ("a key has changed nothing that is seen");
        dispatchFor (betweenKeys);
        return took;
    }

    KeyTimes type (int count)
    {
        KeyTimes times;
        for (int i = 0; i < count; ++i)
            times.add (press ({ 'a' + i % 26, {}, (juce::juce_wchar) ('a' + i % 26) }));
        return times;
    }

    void placeCaret (int character)
    {
        script->setHighlightedRegion ({ character, character });
        dispatchFor (betweenKeys);
    }

    BenchWindow window;
    PluginFixture fixture;
    PluginProcessor processor { fixture.options() };
    std::unique_ptr<juce::AudioProcessorEditor> editor;
    ScriptEditor* script = nullptr;

private:
    std::chrono::milliseconds pause { 0 }; // before the next key
};

/** Prints figures and remembers whether any of them is above its limit. */
class Report
{
public:
    /** On the clock half of the keys are within the limit, in the thread's own time all but one of twenty: the first of its kind
        may have a font to load. */
    void key (const std::string& what, const KeyTimes& times, double limit)
    {
        const auto wall = percentilesOf (times.wall), own = percentilesOf (times.own);
        add (fmt::format ("{}: median {:.1f} ms, p95 {:.1f}, most {:.1f}; own time median {:.1f}, p95 "
                          "{:.1f}, most {:.1f} (limit {:.0f})",
                          what, wall.p50, wall.p95, wall.most, own.p50, own.p95, own.most, limit),
             wall.p50 > limit || own.p95 > limit);
    }

    void paints (const std::string& what, const Percentiles& times)
    {
        add (fmt::format ("{}: {} paints, median {:.1f} ms, p99 {:.1f}, most {:.1f} (limit {:.0f})", what,
                          times.count, times.p50, times.p99, times.most, frameMs),
             times.most > frameMs || times.count == 0);
    }

    bool isWithin() const { return ! isAbove; }

private:
    void add (const std::string& line, bool isTooLong)
    {
        std::cout << line << (isTooLong ? "  TOO LONG" : "") << std::endl;
        isAbove = isAbove || isTooLong;
    }

    bool isAbove = false;
};

constexpr int keysOfPlace = 40, keysOfSelection = 20;

void typing (Report& report)
{
    for (const int lines : { 60, 500, 3000 })
    {
        Bench bench (manyLines (lines));
        const auto end = bench.script->getTotalNumChars();
        const auto limit = lines > 500 ? longFrameMs : frameMs;
        for (const auto& [where, caret] :
             { std::pair ("the start", 0), std::pair ("the middle", end / 2), std::pair ("the end", end) })
        {
            bench.placeCaret (caret);
            report.key (fmt::format ("a key at {} of {} lines", where, lines), bench.type (keysOfPlace),
                        limit);
        }
        bench.placeCaret (end / 2);
        KeyTimes times;
        for (int i = 0; i < keysOfSelection; ++i)
            times.add (bench.press (i % 2 == 0 ? KeyPress (KeyPress::returnKey)
                                               : KeyPress (KeyPress::backspaceKey)));
        report.key (fmt::format ("a line more or less of {} lines", lines), times, limit);
    }
}

void selecting (Report& report)
{
    const KeyPress all ('a', ModifierKeys::commandModifier, 0), undo ('z', ModifierKeys::commandModifier, 0);
    for (const int lines : { 500, 3000 })
    {
        Bench bench (manyLines (lines));
        KeyTimes selects, extends, replaces, undoes;
        for (int i = 0; i < keysOfSelection; ++i)
        {
            selects.add (bench.press (all));
            extends.add (bench.press ({ KeyPress::leftKey, ModifierKeys::shiftModifier, 0 }));
            bench.press (all);
            replaces.add (bench.press ({ 'x', {}, 'x' }));
            undoes.add (bench.press (undo));
        }
        report.key (fmt::format ("{} lines selected", lines), selects, longFrameMs);
        report.key (fmt::format ("a step of the selection of {} lines", lines), extends, longFrameMs);
        report.key (fmt::format ("a key that replaces {} lines", lines), replaces, longFrameMs);
        report.key (fmt::format ("taking that back, {} lines", lines), undoes, longFrameMs);
    }
}

void longLine (Report& report)
{
    for (const std::string filler : { "x", "word ", "\u4f60" })
    {
        std::string text;
        while (text.size() < 100'000)
            text += filler;
        Bench bench ("Anna: hi\n");
        bench.script->clipboard.paste = [&] { return juce::String::fromUTF8 (text.c_str()); };
        KeyTimes pastes;
        for (int i = 0; i < keysOfSelection; ++i)
        {
            bench.press ({ 'a', ModifierKeys::commandModifier, 0 });
            pastes.add (bench.press ({ 'v', ModifierKeys::commandModifier, 0 }));
        }
        report.key (fmt::format ("100 kB of \"{}\" pasted", filler), pastes, longFrameMs);
        const auto end = bench.script->getTotalNumChars();
        for (const auto& [where, caret] : { std::pair ("the start", 6), std::pair ("the middle", end / 2),
                                            std::pair ("the end", end - 3) })
        {
            bench.placeCaret (caret);
            report.key (fmt::format ("a key at {} of it", where), bench.type (keysOfPlace), longFrameMs);
        }
    }
}

void rendering (Report& report)
{
    constexpr int lines = 500, seats = 8;
    FakeFaults slow;
    slow.seats = seats;
    slow.frameMs = 25; // five times as fast as it is heard
    Bench bench (manyLines (lines), slow);
    if (! bench.processor.workspace.render())
        throw std::runtime_error ("nothing is rendered");
    if (! dispatchUntil ([&] { return bench.fixture.engine.mostAtOnce() == seats; }))
        throw std::runtime_error ("eight lines are not rendered at once");
    bench.window.paints.clear();
    dispatchFor (std::chrono::seconds (8));
    report.paints ("while 8 of 500 lines render", percentilesOf (bench.window.paints));
    bench.placeCaret (0);
    report.key ("a key meanwhile", bench.type (keysOfPlace), frameMs);
    bench.window.paints.clear();
    for (int i = 0; i < 20; ++i) // the worst case: all of it
    {
        bench.window.repaint();
        dispatchFor (std::chrono::milliseconds (60));
    }
    report.paints ("the whole window meanwhile", percentilesOf (bench.window.paints));
    if (bench.fixture.engine.jobs() >= lines)
        throw std::runtime_error ("all was rendered before the end of the measurement");
}
} // namespace

int main (int argc, char** argv)
try
{
    bool hasLimits = false;
    std::string part;
    CLI::App app ("What keys and paints cost in the plugin's editor", "tableread-editor-bench");
    app.add_flag ("--limits", hasLimits, "Fail where a limit is exceeded");
    app.add_option ("--part", part, "Only this")
        ->check (CLI::IsMember ({ "typing", "selecting", "long-line", "rendering" }));
    CLI11_PARSE (app, argc, argv);
    ::setenv ("TABLEREAD_SETTINGS", "/dev/null", 1);

    const VirtualDisplay display (1400, 1000);
    const WindowJuce juce;
    Report report;
    for (const auto& [name, measure] :
         { std::pair ("typing", &typing), std::pair ("selecting", &selecting),
           std::pair ("long-line", &longLine), std::pair ("rendering", &rendering) })
        if (part.empty() || part == name)
            measure (report);
    return hasLimits && ! report.isWithin() ? 1 : 0;
}
catch (const std::exception& problem)
{
    std::cerr << "tableread-editor-bench: " << problem.what() << '\n';
    return 2;
}
