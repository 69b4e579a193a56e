// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <functional>

#include "Standalone/Files/Dialogs.h"

namespace tableread::plugin
{
/** Dialogs one at a time: what is to be said or asked while one is open waits for its end. What an answer leads to comes before
    what waits. Message thread. */
class DialogQueue : public Dialogs
{
public:
    void ask (const Question& question, std::function<void (Answer)> answered) final;
    void tell (const std::string& title, const std::string& text) final;
    void chooseToOpen (const std::filesystem::path& folder, Chosen chosen) final;
    void chooseToSave (const std::filesystem::path& suggestion, Chosen chosen) final;

protected:
    /** Each shows a dialog and calls what it is given when that is over; a file is empty if none was chosen. */
    virtual void showQuestion (const Question& question, std::function<void (Answer)> over) = 0;
    virtual void showText (const std::string& title, const std::string& text, std::function<void()> over) = 0;
    virtual void showToOpen (const std::filesystem::path& folder, Chosen over) = 0;
    virtual void showToSave (const std::filesystem::path& suggestion, Chosen over) = 0;

private:
    void show (std::function<void()> dialog);
    void over (const std::function<void()>& then);
    Chosen overWith (Chosen chosen);

    std::deque<std::function<void()>> waiting;
    bool isOpen = false;
};
} // namespace tableread::plugin
