// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/WindowDialogs.h"

#include <utility>

#include "Standalone/Words.h"

namespace tableread::plugin
{
namespace
{
using Browser = juce::FileBrowserComponent;

/** Where a dialog opens: a name alone is in the user's documents. */
juce::File placeOf (const std::filesystem::path& path)
{
    const auto documents = juce::File::getSpecialLocation (juce::File::userDocumentsDirectory);
    return path.is_absolute() ? juce::File (words (path.string()))
                              : documents.getChildFile (words (path.filename().string()));
}

Answer answerOf (int button, bool hasThree)
{
    // AlertWindow numbers its buttons 1, 2 … and the last one, or Escape, is 0.
    if (button == 1)
        return Answer::Yes;
    return hasThree && button == 2 ? Answer::No : Answer::Cancel;
}
} // namespace

void WindowDialogs::ask (const Question& question, std::function<void (Answer)> answered)
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
        options, [hasThree, answered = std::move (answered), open = std::weak_ptr (isOpen)] (int button) {
            if (! open.expired())
                answered (answerOf (button, hasThree));
        });
}

void WindowDialogs::tell (const std::string& title, const std::string& text)
{
    juce::AlertWindow::showAsync (juce::MessageBoxOptions()
                                      .withIconType (juce::MessageBoxIconType::NoIcon)
                                      .withTitle (words (title))
                                      .withMessage (words (text))
                                      .withButton ("OK"),
                                  std::function<void (int)>());
}

void WindowDialogs::chooseToOpen (const std::filesystem::path& folder, Chosen chosen)
{
    chooser = std::make_unique<juce::FileChooser> ("Open a project or a script", placeOf (folder), "*");
    choose (Browser::openMode | Browser::canSelectFiles, std::move (chosen));
}

void WindowDialogs::chooseToSave (const std::filesystem::path& suggestion, Chosen chosen)
{
    chooser = std::make_unique<juce::FileChooser> ("Save the project", placeOf (suggestion), "*.tableread");
    choose (Browser::saveMode | Browser::canSelectFiles | Browser::warnAboutOverwriting, std::move (chosen));
}

void WindowDialogs::choose (int flags, Chosen chosen)
{
    chooser->launchAsync (flags, [chosen = std::move (chosen)] (const juce::FileChooser& result) {
        if (result.getResult() != juce::File())
            chosen (result.getResult().getFullPathName().toStdString());
    });
}
} // namespace tableread::plugin
