// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "Editor/PluginEditor.h"
#include "PluginFixture.h"
#include "Processor/PluginProcessor.h"
#include "StateText.h"

namespace tableread::test
{
inline std::string sceneState (std::uint64_t seed = 0)
{
    return StateText { scene, seed, false }.text();
}

/** A plugin and its editor, without a window: drawn into an image, used through its buttons. */
struct Desk
{
    explicit Desk (const PluginFixture& fixture) : Desk (fixture.options()) {}

    explicit Desk (const Workspace::Options& options)
        : processor (std::make_unique<PluginProcessor> (options))
    {
        editor.reset (processor->createEditor());
    }

    Workspace& workspace() const { return processor->workspace; }

    void load (const std::string& state) const
    {
        workspace().load (state);
        workspace().settle();
        refresh();
    }

    /** Shows what comes of the last click. */
    bool eventuallyShows (const juce::String& text) const
    {
        return eventually ([&] {
            refresh();
            return shows (text);
        });
    }

    ~Desk() { editor.reset(); }

    void refresh() const { dynamic_cast<PluginEditor&> (*editor).refresh(); }

    template <typename Kind>
    Kind* find (const std::function<bool (Kind&)>& isIt, juce::Component* in = nullptr) const
    {
        for (auto* child : (in == nullptr ? editor.get() : in)->getChildren())
        {
            if (! child->isVisible())
                continue;
            if (auto* kind = dynamic_cast<Kind*> (child); kind != nullptr && isIt (*kind))
                return kind;
            if (auto* inside = find<Kind> (isIt, child))
                return inside;
        }
        return nullptr;
    }

    /** The visible component of a kind of which there is one. */
    template <typename Part>
    Part& part() const
    {
        auto* const found = find<Part> ([] (auto&) { return true; });
        REQUIRE (found != nullptr);
        return *found;
    }

    juce::TextButton* button (const juce::String& text) const
    {
        return find<juce::TextButton> ([&] (auto& each) { return each.getButtonText() == text; });
    }

    bool shows (const juce::String& text) const
    {
        return find<juce::Label> ([&] (auto& each) { return each.getText().contains (text); }) != nullptr;
    }

    /** Whether somebody has a row in the cast. */
    bool casts (const std::string& speaker) const
    {
        const auto* cast = find<CastView> ([] (auto&) { return true; });
        return std::ranges::any_of (cast->entries(),
                                    [&] (const auto& entry) { return entry.speaker == speaker; });
    }

    /** The editor's component `Part` as it is drawn now. */
    template <typename Part>
    juce::Image picture() const
    {
        auto* part = find<Part> ([] (auto&) { return true; });
        return part->createComponentSnapshot (part->getLocalBounds());
    }

    /** How many pixels of it have exactly this colour. */
    template <typename Part>
    int pixels (juce::Colour colour) const
    {
        return count (picture<Part>(), [&] (int, int, juce::Colour pixel) { return pixel == colour; });
    }

    /** How many pixels of it are others than before. */
    template <typename Part>
    int changedSince (const juce::Image& before) const
    {
        return count (picture<Part>(),
                      [&] (int x, int y, juce::Colour pixel) { return pixel != before.getPixelAt (x, y); });
    }

    template <typename Test>
    static int count (const juce::Image& picture, const Test& isCounted)
    {
        int found = 0;
        for (int y = 0; y < picture.getHeight(); ++y)
            for (int x = 0; x < picture.getWidth(); ++x)
                found += isCounted (x, y, picture.getPixelAt (x, y));
        return found;
    }

    juce::ScopedJuceInitialiser_GUI juce;
    std::unique_ptr<PluginProcessor> processor;
    std::unique_ptr<juce::AudioProcessorEditor> editor;
};
} // namespace tableread::test
