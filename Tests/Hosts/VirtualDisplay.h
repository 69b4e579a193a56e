// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <unistd.h>

#include <catch2/catch.hpp>

#include "Support/Eventually.h"
#include "Support/Program.h"
#include "Support/RunningProgram.h"

namespace tableread::test
{
/** An X server without a screen, and keys for its windows. */
class VirtualDisplay
{
public:
    /** folder: for its log. */
    explicit VirtualDisplay (const std::filesystem::path& folder)
        : server ({ "Xvfb", ":" + std::to_string (firstNumber + ::getpid()), "-displayfd", "1", "-screen",
                    "0", "1280x1024x24", "-nolisten", "tcp", "-noreset" },
                  folder / "xvfb")
    {
        eventually ([this] { return isUp() || ! server.isRunning(); });
        INFO (server.said());
        REQUIRE (isUp());
    }

    /** ":7" */
    const std::string& name() const { return display; }

    /** Waits for a window with this title (a pattern), and gives it the keyboard. */
    void focus (const std::string& title) const { find (title, { "windowfocus", "sleep", "0.3" }); }

    /** Clicks at a place in the window with this title; who is there takes the keyboard. */
    void click (const std::string& title, int x, int y) const
    {
        find (title, { "mousemove", "--window", "%1", std::to_string (x), std::to_string (y), "click", "1",
                       "sleep", "0.3" });
    }

    /** Types into what has the keyboard. what: in xdotool's words. */
    void type (const std::vector<std::string>& what) const { run (what); }

    /** Whether a window has this title. */
    bool shows (const std::string& title) const
    {
        return runToEnd (
                   { "env", "DISPLAY=" + display, "xdotool", "search", "--onlyvisible", "--name", title })
                   .code == 0;
    }

private:
    static constexpr int firstNumber =
        100; // never 0, which JUCE takes where no display is named: in other tests

    void find (const std::string& title, const std::vector<std::string>& then) const
    {
        std::vector<std::string> words { "search", "--sync", "--onlyvisible", "--name", title };
        words.insert (words.end(), then.begin(), then.end());
        run (words);
    }

    void run (const std::vector<std::string>& xdotool) const
    {
        std::vector<std::string> words { "env", "DISPLAY=" + display, "xdotool" };
        words.insert (words.end(), xdotool.begin(), xdotool.end());
        const auto ended = runToEnd (words, std::chrono::seconds (30));
        CAPTURE (xdotool, ended.said);
        REQUIRE (ended.code == 0);
    }

    bool isUp()
    {
        const auto said = server.said();
        std::smatch found;
        if (std::regex_search (said, found, std::regex ("(^|\n)([0-9]+)\n")))
            display = ":" + found[2].str();
        return ! display.empty();
    }

    RunningProgram server;
    std::string display;
};
} // namespace tableread::test
