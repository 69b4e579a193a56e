// SPDX-License-Identifier: GPL-3.0-or-later
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "Standalone/Files/DialogQueue.h"

using namespace tableread;
using namespace tableread::plugin;
using Strings = std::vector<std::string>;

namespace
{
/** Dialogs that a test closes. */
struct OpenDialogs : DialogQueue
{
    void showQuestion (const Question& question, std::function<void (Answer)> over) override
    {
        opened (question.text);
        answer = std::move (over);
    }

    void showText (const std::string& title, const std::string&, std::function<void()> over) override
    {
        opened (title);
        close = std::move (over);
    }

    void showToOpen (const std::filesystem::path&, Chosen over) override
    {
        opened ("open");
        choose = std::move (over);
    }

    void showToSave (const std::filesystem::path&, Chosen over) override
    {
        opened ("save");
        choose = std::move (over);
    }

    void opened (const std::string& what) { shown.push_back (what); }

    void chosen (const std::filesystem::path& file) { std::exchange (choose, {}) (file); }

    Strings shown; // so far
    std::function<void (Answer)> answer;
    std::function<void()> close;
    Chosen choose;
};
} // namespace

TEST_CASE ("One dialog is open at a time, and each has its answer", "[plugin][standalone]")
{
    OpenDialogs dialogs;
    Strings answers;
    dialogs.tell ("first", "…");
    dialogs.ask ({ .title = {}, .text = "second", .yes = {}, .no = {}, .cancel = {} }, [&] (Answer answer) {
        answers.emplace_back (answer == Answer::No ? "no" : "another");
        dialogs.tell ("of the second", "…");
    });
    dialogs.chooseToSave ({}, [&] (const auto& file) { answers.push_back (file.string()); });
    dialogs.chooseToOpen ({}, [&] (const auto& file) { answers.push_back (file.string()); });
    CHECK (dialogs.shown == Strings { "first" });
    std::exchange (dialogs.close, {})();
    CHECK (dialogs.shown == Strings { "first", "second" });
    dialogs.answer (Answer::No);
    CHECK (dialogs.shown.back() == "of the second"); // before what waits
    std::exchange (dialogs.close, {})();
    CHECK (dialogs.shown.back() == "save");
    dialogs.chosen ("/a/file");
    CHECK (dialogs.shown.back() == "open");
    dialogs.chosen ({}); // nothing
    CHECK (answers == Strings { "no", "/a/file" });
    dialogs.tell ("last", "…");
    CHECK (dialogs.shown.back() == "last");
    CHECK (dialogs.shown.size() == 6);
}
