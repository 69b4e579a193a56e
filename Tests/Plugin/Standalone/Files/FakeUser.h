// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "Standalone/Files/Dialogs.h"

namespace tableread::test
{
using namespace plugin;

/** A user who was told what to answer, and remembers what was asked. */
struct FakeUser : Dialogs
{
    void ask (const Question& question, std::function<void (Answer)> answered) override
    {
        heard.push_back (question.text);
        if (answers.empty())
            return; // the dialog stays open
        const auto answer = answers.front();
        answers.pop_front();
        answered (answer);
    }

    void tell (const std::string& title, const std::string& text) override
    {
        heard.push_back (title + ": " + text);
    }

    void chooseToOpen (const std::filesystem::path&, Chosen chosen) override { choose (chosen); }

    void chooseToSave (const std::filesystem::path& suggestion, Chosen chosen) override
    {
        suggested = suggestion;
        choose (chosen);
    }

    void choose (const Chosen& chosen)
    {
        if (! file.empty())
            chosen (file);
    }

    std::deque<Answer> answers;
    std::filesystem::path file, suggested;
    std::vector<std::string> heard;
};
} // namespace tableread::test
