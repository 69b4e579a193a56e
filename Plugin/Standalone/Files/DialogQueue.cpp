// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/DialogQueue.h"

#include <utility>

namespace tableread::plugin
{
void DialogQueue::show (std::function<void()> dialog)
{
    if (isOpen)
        return waiting.push_back (std::move (dialog));
    isOpen = true;
    dialog();
}

void DialogQueue::over (const std::function<void()>& then)
{
    isOpen = false;
    then();
    if (isOpen || waiting.empty())
        return;
    const auto next = std::move (waiting.front());
    waiting.pop_front();
    show (next);
}

Dialogs::Chosen DialogQueue::overWith (Chosen chosen)
{
    return [this, chosen = std::move (chosen)] (const std::filesystem::path& file) {
        over ([&] {
            if (! file.empty())
                chosen (file);
        });
    };
}

void DialogQueue::ask (const Question& question, std::function<void (Answer)> answered)
{
    show ([this, question, answered = std::move (answered)] {
        showQuestion (question, [this, answered] (Answer answer) { over ([&] { answered (answer); }); });
    });
}

void DialogQueue::tell (const std::string& title, const std::string& text)
{
    show ([this, title, text] { showText (title, text, [this] { over ([] {}); }); });
}

void DialogQueue::chooseToOpen (const std::filesystem::path& folder, Chosen chosen)
{
    show ([this, folder, over = overWith (std::move (chosen))] { showToOpen (folder, over); });
}

void DialogQueue::chooseToSave (const std::filesystem::path& suggestion, Chosen chosen)
{
    show ([this, suggestion, over = overWith (std::move (chosen))] { showToSave (suggestion, over); });
}
} // namespace tableread::plugin
