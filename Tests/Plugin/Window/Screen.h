// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Editor/PluginEditor.h"
#include "MessageLoop.h"
#include "Plugin/PluginFixture.h"
#include "Support/Program.h"
#include "Support/VirtualDisplay.h"

namespace tableread::test
{
/** A screen for the tests of this program, and a mouse and a keyboard that act as a user's: xdotool. */
class Screen
{
public:
    static constexpr int width = 1400, height = 1000;

    static void click (juce::Point<int> place)
    {
        act ({ "mousemove", std::to_string (place.x), std::to_string (place.y), "click", "1" });
    }

    /** Presses the button at a place, and pulls it a little. */
    static void grip (juce::Point<int> place)
    {
        act ({ "mousemove", std::to_string (place.x), std::to_string (place.y), "mousedown", "1" });
        pull (place.translated (9, 0));
        pull (place.translated (18, 0));
    }

    static void pull (juce::Point<int> place)
    {
        act ({ "mousemove", std::to_string (place.x), std::to_string (place.y) });
    }

    static void letGo() { act ({ "mouseup", "1" }); }

    static void type (const std::string& text) { act ({ "type", "--delay", "20", "--", text }); }
    static void press (const std::string& key) { act ({ "key", key }); }

private:
    static void act (std::vector<std::string> words)
    {
        words.insert (words.begin(), "xdotool");
        const auto ended = runToEnd (std::move (words), std::chrono::seconds (20));
        INFO (ended.said << " (Assets/setup/test soak installs xdotool)");
        REQUIRE (ended.code == 0);
        dispatchFor (std::chrono::milliseconds (250));
    }

    VirtualDisplay display { width, height };
};

/** The component of this kind in another one, or below it; null: there is none that is seen. */
template <typename Kind>
Kind* findShown (
    juce::Component& in, const std::function<bool (Kind&)>& isIt = [] (Kind&) { return true; })
{
    for (auto* const child : in.getChildren())
    {
        if (! child->isVisible())
            continue;
        if (auto* const kind = dynamic_cast<Kind*> (child); kind != nullptr && isIt (*kind))
            return kind;
        if (auto* const inside = findShown<Kind> (*child, isIt))
            return inside;
    }
    return nullptr;
}
} // namespace tableread::test
