// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include "Plugin/StateText.h"
#include "Screen.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** The editor in a window of its own that has the keyboard. */
struct WindowedEditor
{
    explicit WindowedEditor (juce::Point<int> size)
    {
        processor.workspace.load (StateText { scene, 5, false }.text());
        processor.workspace.settle();
        editor.reset (processor.createEditor());
        editor->setSize (size.x, size.y);
        editor->addToDesktop (0);
        editor->setTopLeftPosition (0, 0);
        editor->setVisible (true);
        editor->getPeer()->grabFocus();
        dispatchFor (std::chrono::milliseconds (300));
        REQUIRE (editor->getPeer()->isFocused());
    }

    ~WindowedEditor() { editor.reset(); }

    /** Tab as the keyboard sends it. */
    juce::Component* tab() const
    {
        editor->getPeer()->handleKeyPress (juce::KeyPress::tabKey, '\t');
        dispatchFor (std::chrono::milliseconds (20));
        return juce::Component::getCurrentlyFocusedComponent();
    }

    juce::Image picture() const { return editor->createComponentSnapshot (editor->getLocalBounds()); }

    Screen screen;
    WindowJuce juce;
    PluginFixture fixture;
    PluginProcessor processor { fixture.options() };
    std::unique_ptr<juce::AudioProcessorEditor> editor;
};

int differences (const juce::Image& one, const juce::Image& other, juce::Rectangle<int> area)
{
    int count = 0;
    area = area.getIntersection (one.getBounds());
    for (int y = area.getY(); y < area.getBottom(); ++y)
        for (int x = area.getX(); x < area.getRight(); ++x)
            count += one.getPixelAt (x, y) != other.getPixelAt (x, y);
    return count;
}

juce::String nameOf (juce::Component& part)
{
    auto* const handler = part.getAccessibilityHandler();
    return handler != nullptr ? handler->getTitle() : juce::String();
}

/** What a mouse could use and a keyboard has to reach. */
void collect (juce::Component& in, std::set<juce::Component*>& found)
{
    for (auto* const child : in.getChildren())
    {
        if (! child->isVisible() || ! child->isEnabled() || child->getBounds().isEmpty())
            continue;
        if (dynamic_cast<juce::Button*> (child) != nullptr ||
            dynamic_cast<juce::ComboBox*> (child) != nullptr ||
            dynamic_cast<juce::Slider*> (child) != nullptr ||
            dynamic_cast<juce::ListBox*> (child) != nullptr ||
            dynamic_cast<juce::TextEditor*> (child) != nullptr)
            found.insert (child);
        else
            collect (*child, found);
    }
}
} // namespace

TEST_CASE ("Tab reaches all there is, and shows where it is", "[plugin][keyboard][.slow]")
{
    const auto size = GENERATE (juce::Point<int> (700, 450), juce::Point<int> (1200, 800));
    const auto tab = GENERATE (SidePanel::Tab::Cast, SidePanel::Tab::Takes, SidePanel::Tab::Engine);
    CAPTURE (size.x, (int) tab);
    const WindowedEditor desk (size);
    auto* const side = findShown<SidePanel> (*desk.editor);
    REQUIRE (side != nullptr);
    side->show (tab);
    dispatchFor (std::chrono::milliseconds (300));
    std::set<juce::Component*> missing;
    collect (*desk.editor, missing);
    REQUIRE (missing.size() > 10);

    constexpr int mostStops = 100, leastRing = 60; // pixels
    juce::Component* const first = desk.tab();
    auto* stop = first;
    for (int i = 0; i < mostStops; ++i)
    {
        REQUIRE (stop != nullptr);
        const auto name = nameOf (*stop);
        CAPTURE (name.toStdString(), typeid (*stop).name());
        CHECK (name.isNotEmpty());
        CHECK (stop->isShowing());
        missing.erase (stop);
        const auto area = desk.editor->getLocalArea (stop, stop->getLocalBounds()).expanded (3);
        CHECK (desk.editor->getLocalBounds().contains (area.getCentre())); // scrolled to, if need be
        const auto focused = desk.picture();
        auto* const next = desk.tab();
        if (next != nullptr && next != stop && stop->isShowing() &&
            area == desk.editor->getLocalArea (stop, stop->getLocalBounds()).expanded (3))
            CHECK (differences (focused, desk.picture(), area) >= leastRing);
        stop = next;
        if (stop == first)
            break;
    }
    CHECK (stop == first); // all round
    for (auto* const each : missing)
    {
        CAPTURE (nameOf (*each).toStdString(), typeid (*each).name());
        CHECK (each == nullptr);
    }
}

TEST_CASE ("Many notes are read with keys alone", "[plugin][keyboard][.slow]")
{
    WindowedEditor desk ({ 1200, 800 });
    std::string script;
    for (int i = 0; i < 60; ++i)
        script += "Speaker " + std::to_string (i) + ": Good evening.\n";
    desk.processor.workspace.load (StateText { script, 5, false }.text());
    desk.processor.workspace.settle();
    dispatchFor (std::chrono::milliseconds (300));
    auto* const button = findShown<NotesButton> (*desk.editor);
    REQUIRE (button != nullptr);
    const auto press = [&] (int code) {
        desk.editor->getPeer()->handleKeyPress (code, 0);
        dispatchFor (std::chrono::milliseconds (200));
    };
    button->grabKeyboardFocus();
    press (juce::KeyPress::returnKey);
    auto* const list = findShown<NotesList> (*desk.editor);
    REQUIRE (list != nullptr);
    CHECK (juce::Component::getCurrentlyFocusedComponent() == list);
    press (juce::KeyPress::pageDownKey);
    CHECK (list->getViewPositionY() > 100);
    press (juce::KeyPress::escapeKey);
    CHECK (findShown<NotesList> (*desk.editor) == nullptr);
    CHECK (juce::Component::getCurrentlyFocusedComponent() == button);
}
