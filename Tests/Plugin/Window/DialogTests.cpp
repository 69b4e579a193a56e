// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>
#include <memory>
#include <optional>
#include <set>

#include "Editor/Look/Theme.h"
#include "Screen.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** JUCE's own file dialog, as it is where there is no zenity, on a folder with a script in it. */
struct FileDialog
{
    FileDialog()
    {
        std::ofstream (folder.path() / "scene.txt") << "Anna: Hello.\n";
        constexpr bool isNative = false;
        chooser = std::make_unique<juce::FileChooser> (
            "Open", juce::File (juce::String (folder.path().string())), "*.txt", isNative);
        chooser->launchAsync (juce::FileBrowserComponent::openMode |
                                  juce::FileBrowserComponent::canSelectFiles,
                              [this] (const juce::FileChooser& result) { chosen = result.getResult(); });
        dispatchFor (std::chrono::milliseconds (500));
    }

    bool ends() const
    {
        return dispatchUntil ([this] { return chosen.has_value(); }, std::chrono::seconds (5));
    }

    Screen screen;
    WindowJuce juce;
    juce::SharedResourcePointer<SharedTheme> theme;
    TemporaryFolder folder;
    std::unique_ptr<juce::FileChooser> chooser;
    std::optional<juce::File> chosen;
};
} // namespace

TEST_CASE ("A file dialog is used with the keyboard alone", "[plugin][keyboard][.slow]")
{
    FileDialog dialog;
    REQUIRE (dynamic_cast<juce::TextEditor*> (juce::Component::getCurrentlyFocusedComponent()) != nullptr);
    SECTION ("a name and Return")
    {
        Screen::type ("scene.txt");
        Screen::press ("Return");
        REQUIRE (dialog.ends());
        CHECK (dialog.chosen->getFileName() == "scene.txt");
    }
    SECTION ("Escape in the field")
    {
        Screen::type ("sce");
        Screen::press ("Escape");
        REQUIRE (dialog.ends());
        CHECK (*dialog.chosen == juce::File());
    }
    SECTION ("Tab goes through, and Escape closes from each")
    {
        std::set<juce::Component*> reached;
        for (int i = 0; i < 8; ++i)
        {
            reached.insert (juce::Component::getCurrentlyFocusedComponent());
            Screen::press ("Tab");
        }
        CHECK (reached.count (nullptr) == 0);
        CHECK (reached.size() >= 4); // the name, the buttons, the folder, the list
        Screen::press ("Escape");
        Screen::press ("Escape"); // the first one may have left the field of the folder
        CHECK (dialog.ends());
    }
}

TEST_CASE ("What a closed dialog has covered is drawn again", "[plugin][window][.slow]")
{
    struct Counted : juce::Component
    {
        void paint (juce::Graphics&) override { ++paints; }
        int paints = 0;
    };
    FileDialog dialog;
    Counted beneath;
    beneath.setBounds (0, 0, Screen::width, Screen::height);
    beneath.addToDesktop (juce::ComponentPeer::windowIgnoresKeyPresses);
    beneath.setVisible (true);
    beneath.toBack();
    dispatchFor (std::chrono::milliseconds (500));
    const auto before = beneath.paints;
    Screen::press ("Escape");
    REQUIRE (dialog.ends());
    dispatchFor (std::chrono::milliseconds (500));
    CHECK (beneath.paints > before);
}

TEST_CASE ("A dialog of settings begins with its first control", "[plugin][keyboard][.slow]")
{
    const Screen screen;
    const WindowJuce juce;
    const juce::SharedResourcePointer<SharedTheme> theme;
    juce::Component content;
    juce::TextButton first { "First" }, second { "Second" };
    content.addAndMakeVisible (first);
    content.addAndMakeVisible (second);
    first.setBounds (10, 10, 100, 30);
    second.setBounds (10, 50, 100, 30);
    content.setSize (200, 100);
    juce::DialogWindow::LaunchOptions options;
    options.content.setNonOwned (&content);
    options.dialogTitle = "Settings";
    options.useNativeTitleBar = true;
    const juce::Component::SafePointer<juce::DialogWindow> dialog (options.launchAsync());
    const auto isFocused = [] (const juce::Component& control) {
        return dispatchUntil ([&] { return control.hasKeyboardFocus (false); }, std::chrono::seconds (5));
    };
    REQUIRE (isFocused (first));
    for (int i = 0; i < 3 && ! second.hasKeyboardFocus (false);
         ++i) // X may not have given the window the keys yet
    {
        dispatchFor (std::chrono::milliseconds (500));
        Screen::press ("Tab");
        dispatchFor (std::chrono::milliseconds (500));
    }
    CHECK (second.hasKeyboardFocus (false));
    Screen::press ("Escape");
    CHECK (
        dispatchUntil ([&] { return dialog == nullptr || ! dialog->isVisible(); }, std::chrono::seconds (5)));
}
