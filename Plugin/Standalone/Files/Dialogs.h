// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "Core/Error.h"

namespace tableread::plugin
{
enum class Answer
{
    Yes,
    No,
    Cancel // also if the dialog was closed
};

struct Question
{
    std::string title, text;
    std::string yes, no, cancel; // what the buttons say; no `cancel`: there are two
};

/** How the app speaks with its user. Nothing waits: answers come on the message thread, after the call has returned, or never
    if the window is closed first. */
class Dialogs
{
public:
    using Chosen = std::function<void (const std::filesystem::path&)>; // not called if nothing was chosen

    virtual ~Dialogs() = default;

    virtual void ask (const Question& question, std::function<void (Answer)> answered) = 0;
    virtual void tell (const std::string& title, const std::string& text) = 0;
    virtual void chooseToOpen (const std::filesystem::path& folder, Chosen chosen) = 0;

    /** The user has agreed to replace a file that is there. */
    virtual void chooseToSave (const std::filesystem::path& suggestion, Chosen chosen) = 0;
};
} // namespace tableread::plugin
