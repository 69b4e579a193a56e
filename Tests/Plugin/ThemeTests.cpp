// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <catch2/catch.hpp>

#include "Editor/Look/FocusRing.h"
#include "Editor/Look/Icons.h"
#include "Editor/Look/Theme.h"
#include "Plugin/Pictures.h"

using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
struct ThemeDesk
{
    juce::ScopedJuceInitialiser_GUI juce;
    juce::SharedResourcePointer<SharedTheme> theme;
};

bool isGreyBlue (juce::Colour colour) // of JUCE's dark scheme: 323e44, 263238, 42a2c8, 8e989b
{
    return std::set<juce::uint32> { 0xff323e44, 0xff263238, 0xff42a2c8, 0xff8e989b, 0xff181f22 }.count (
               colour.withAlpha (1.0f).getARGB()) > 0;
}

/** A window with the common controls. */
struct Controls : juce::Component
{
    Controls()
    {
        text.setText ("A text", false);
        box.addItem ("A choice", 1);
        box.setSelectedId (1);
        toggle.setToggleState (true, juce::dontSendNotification);
        slider.setSliderStyle (juce::Slider::LinearHorizontal);
        slider.setValue (0.4);
        bar.setBounds (0, 0, 10, 100);
        bar.setRangeLimits (0, 10);
        bar.setCurrentRange (2, 3);
        int y = 10;
        for (auto* part : std::initializer_list<juce::Component*> { &button, &text, &box, &toggle, &slider,
                                                                    &progress, &list })
        {
            addAndMakeVisible (part);
            part->setBounds (10, y, 260, part == &progress ? 6 : part == &list ? 60 : 28);
            y = part->getBottom() + 10;
        }
        addAndMakeVisible (bar);
        bar.setBounds (280, 10, 10, y - 20);
        setSize (300, y);
    }

    void paint (juce::Graphics& g) override { g.fillAll (Theme::background); }

    double value = 0.3;
    juce::TextButton button { "A button" };
    juce::TextEditor text;
    juce::ComboBox box;
    juce::ToggleButton toggle { "A toggle" };
    juce::Slider slider;
    juce::ProgressBar progress { value };
    juce::ScrollBar bar { true };
    juce::ListBox list { "A list" };
};

int pixels (const juce::Image& image, const std::function<bool (juce::Colour)>& isIt)
{
    int count = 0;
    for (int y = 0; y < image.getHeight(); ++y)
        for (int x = 0; x < image.getWidth(); ++x)
            count += isIt (image.getPixelAt (x, y));
    return count;
}
} // namespace

TEST_CASE ("Menus, dialogs and controls have the theme's colours, not JUCE's", "[plugin][editor][theme]")
{
    const ThemeDesk desk;
    auto& look = juce::LookAndFeel::getDefaultLookAndFeel();
    REQUIRE (dynamic_cast<Theme*> (&look) != nullptr);

    juce::Image menu (juce::Image::ARGB, 260, 150, true);
    {
        juce::Graphics g (menu);
        look.drawPopupMenuBackground (g, 260, 150);
        look.drawPopupMenuSectionHeader (g, { 4, 4, 252, 24 }, "Presets");
        look.drawPopupMenuItem (g, { 4, 30, 252, 26 }, false, true, false, false, false, "Undo: typing",
                                "Ctrl+Z", nullptr, nullptr);
        look.drawPopupMenuItem (g, { 4, 58, 252, 26 }, false, true, true, true, false, "Chosen and lit", {},
                                nullptr, nullptr);
        look.drawPopupMenuItem (g, { 4, 86, 252, 26 }, false, false, false, false, true, "Not now", {},
                                nullptr, nullptr);
        look.drawPopupMenuItem (g, { 4, 114, 252, 10 }, true, true, false, false, false, {}, {}, nullptr,
                                nullptr);
    }
    CHECK (pixels (menu, isGreyBlue) == 0);
    CHECK (menu.getPixelAt (130, 145) == Theme::panel);
    CHECK (menu.getPixelAt (200, 70) == Theme::hover);

    Controls controls;
    picture (controls, "theme-controls");
    CHECK (pixels (controls.createComponentSnapshot (controls.getLocalBounds()), isGreyBlue) == 0);

    struct Alert : juce::Component
    {
        void paint (juce::Graphics& g) override
        {
            juce::AttributedString text;
            text.append ("The session was not saved\n\n", Theme::font (17.0f, true), Theme::text);
            text.append ("The disk is full. Free some room and save again.", Theme::font (15.0f),
                         Theme::text);
            juce::TextLayout layout;
            layout.createLayout (text, 300.0f);
            Theme::paintAlert (g, getLocalBounds(), juce::MessageBoxIconType::WarningIcon, layout);
        }
    } alert;
    alert.setSize (420, 140);
    picture (alert, "theme-alert");
    const auto shown = alert.createComponentSnapshot (alert.getLocalBounds());
    CHECK (pixels (shown, isGreyBlue) == 0);
    CHECK (pixels (shown, [] (juce::Colour c) { return c == Theme::bad; }) > 50); // the icon
    CHECK (pixels (shown, [] (juce::Colour c) { return c == Theme::text; }) > 50);

    if (const auto* folder = std::getenv ("TABLEREAD_PICTURES"))
    {
        juce::FileOutputStream out (juce::File (juce::String (folder) + "/theme-menu@1.png"));
        juce::PNGImageFormat().writeImageToStream (menu, out);
    }
}

TEST_CASE ("The theme is there as long as somebody holds it", "[plugin][editor][theme]")
{
    const juce::ScopedJuceInitialiser_GUI juce;
    const auto isTheme = [] {
        return dynamic_cast<Theme*> (&juce::LookAndFeel::getDefaultLookAndFeel()) != nullptr;
    };
    CHECK_FALSE (isTheme());
    {
        const juce::SharedResourcePointer<SharedTheme> one;
        {
            const juce::SharedResourcePointer<SharedTheme> two;
        }
        CHECK (isTheme());
    }
    CHECK_FALSE (isTheme());
}

TEST_CASE ("What has the keyboard gets a ring that can be seen", "[plugin][editor][theme]")
{
    const ThemeDesk desk;
    juce::Component window;
    juce::TextButton inside, corner;
    window.setSize (200, 100);
    window.addAndMakeVisible (inside);
    window.addAndMakeVisible (corner);
    inside.setBounds (50, 30, 80, 30);
    corner.setBounds (0, 70, 200, 30);
    FocusRing ring;
    CHECK (ring.getOutlineBounds (inside) == juce::Rectangle<int> (47, 27, 86, 36));
    CHECK (ring.getOutlineBounds (corner) == juce::Rectangle<int> (0, 67, 200, 33)); // within its parent

    inside.setConnectedEdges (juce::Button::ConnectedOnRight);
    CHECK (ring.getOutlineBounds (inside) == juce::Rectangle<int> (50, 30, 80, 30)); // not below the next tab
    inside.setConnectedEdges (0);

    FocusRings rings;
    CHECK_FALSE (inside.hasFocusOutline());
    rings.globalFocusChanged (&inside);
    CHECK (inside.hasFocusOutline());
    juce::Component filling;
    window.addAndMakeVisible (filling);
    filling.setBounds (window.getLocalBounds());
    for (auto* each : { &window, &filling }) // a window, and what is all of it
    {
        rings.globalFocusChanged (each);
        CHECK_FALSE (each->hasFocusOutline());
    }
    rings.globalFocusChanged (nullptr);
    CHECK (inside.getLookAndFeel().createFocusOutlineForComponent (inside) != nullptr);

    juce::Image image (juce::Image::ARGB, 86, 36, true);
    {
        juce::Graphics g (image);
        ring.drawOutline (g, 86, 36);
    }
    CHECK (image.getPixelAt (43, 0) == Theme::accent);
    CHECK (image.getPixelAt (43, 1) == Theme::accent);
    CHECK (image.getPixelAt (0, 18) == Theme::accent);
    CHECK (image.getPixelAt (43, 18).isTransparent());
}

TEST_CASE ("Every icon has a drawing of its own within its square", "[plugin][editor][theme]")
{
    const ThemeDesk desk;
    constexpr int columns = 8, cell = 48;
    const auto count = (int) Icon::Count;
    struct Sheet : juce::Component
    {
        void paint (juce::Graphics& g) override
        {
            g.fillAll (Theme::background);
            for (int i = 0; i < (int) Icon::Count; ++i)
                drawIcon (g, (Icon) i,
                          juce::Rectangle<int> (i % columns * cell, i / columns * cell, cell, cell)
                              .reduced (10)
                              .toFloat(),
                          Theme::text);
        }
    } sheet;
    sheet.setSize (columns * cell, (count + columns - 1) / columns * cell);
    picture (sheet, "icons");
    std::set<juce::String> drawings;
    for (int i = 0; i < count; ++i)
    {
        const auto& path = pathOf ((Icon) i);
        CAPTURE (i, path.getBounds().toString().toStdString());
        CHECK_FALSE (path.isEmpty());
        CHECK (juce::Rectangle<float> (1.0f, 1.0f, 22.0f, 22.0f).contains (path.getBounds()));
        CHECK ((path.getBounds().getWidth() >= 12.0f || path.getBounds().getHeight() >= 12.0f));
        drawings.insert (path.toString());
    }
    CHECK ((int) drawings.size() == count);
}

TEST_CASE ("A button with an icon has a name and a tooltip", "[plugin][editor][theme]")
{
    const ThemeDesk desk;
    IconButton button (Icon::Play, "Play");
    button.setSize (30, 30);
    CHECK (button.getTitle() == "Play");
    CHECK (button.getTooltip() == "Play");
    CHECK (button.getWantsKeyboardFocus());
    const auto lit = [&] {
        return pixels (button.createComponentSnapshot (button.getLocalBounds()),
                       [] (juce::Colour c) { return c == Theme::text; });
    };
    const auto playing = lit();
    CHECK (playing > 30);
    button.show (Icon::Pause, "Pause");
    CHECK (button.getTitle() == "Pause");
    CHECK (button.getTooltip() == "Pause");
    CHECK (lit() != playing);
    button.setTooltip ("Pause: Space");
    button.show (Icon::Play, "Play");
    CHECK (button.getTooltip() == "Pause: Space"); // somebody chose it
    button.setEnabled (false);
    CHECK (lit() == 0);
}
