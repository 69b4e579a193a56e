// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/WindowDialogs.h"

#include <utility>

#include "Editor/StartFolder.h"
#include "Standalone/Words.h"

namespace tableread::plugin
{
namespace
{
using Browser = juce::FileBrowserComponent;

constexpr const char* openedNames = "*.tableread;*.txt;*.text;*.md";

juce::File fileAt (const std::filesystem::path& path)
{
    return path.is_absolute() ? juce::File (words (path.string())) : juce::File();
}

Answer answerOf (int button, bool hasThree)
{
    // AlertWindow numbers its buttons 1, 2 … and the last one, or Escape, is 0.
    if (button == 1)
        return Answer::Yes;
    return hasThree && button == 2 ? Answer::No : Answer::Cancel;
}
} // namespace

void WindowDialogs::showQuestion (const Question& question, std::function<void (Answer)> over)
{
    const bool hasThree = ! question.cancel.empty();
    auto options = juce::MessageBoxOptions()
                       .withIconType (juce::MessageBoxIconType::NoIcon)
                       .withTitle (words (question.title))
                       .withMessage (words (question.text))
                       .withButton (words (question.yes))
                       .withButton (words (question.no));
    if (hasThree)
        options = options.withButton (words (question.cancel));
    juce::AlertWindow::showAsync (
        options, [hasThree, over = std::move (over), open = std::weak_ptr (isOpen)] (int button) {
            if (! open.expired())
                over (answerOf (button, hasThree));
        });
}

void WindowDialogs::showText (const std::string& title, const std::string& text, std::function<void()> over)
{
    juce::AlertWindow::showAsync (juce::MessageBoxOptions()
                                      .withIconType (juce::MessageBoxIconType::NoIcon)
                                      .withTitle (words (title))
                                      .withMessage (words (text))
                                      .withButton ("OK"),
                                  [over = std::move (over), open = std::weak_ptr (isOpen)] (int) {
                                      if (! open.expired())
                                          over();
                                  });
}

void WindowDialogs::showToOpen (const std::filesystem::path& folder, Chosen over)
{
    chooser = std::make_unique<juce::FileChooser> ("Open a project or a script",
                                                   startFolder (fileAt (folder)), openedNames);
    choose (Browser::openMode | Browser::canSelectFiles, std::move (over));
}

void WindowDialogs::showToSave (const std::filesystem::path& suggestion, Chosen over)
{
    const auto folder = startFolder (fileAt (suggestion.parent_path()));
    chooser = std::make_unique<juce::FileChooser> (
        "Save the project", folder.getChildFile (words (suggestion.filename().string())), "*.tableread");
    choose (Browser::saveMode | Browser::canSelectFiles | Browser::warnAboutOverwriting, std::move (over));
}

void WindowDialogs::choose (int flags, Chosen over)
{
    chooser->launchAsync (flags, [over = std::move (over)] (const juce::FileChooser& result) {
        const auto file = result.getResult();
        over (file == juce::File() ? std::string() : file.getFullPathName().toStdString());
    });
}
} // namespace tableread::plugin
